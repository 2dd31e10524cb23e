using System.Text;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(0, "0us")]
    [InlineData(85, "85us")]
    [InlineData(999, "999us")]
    [InlineData(1000, "1.0ms")]
    [InlineData(1249, "1.2ms")]
    [InlineData(1250, "1.3ms")]
    [InlineData(9949, "9.9ms")]
    [InlineData(9950, "10ms")]
    [InlineData(120_400, "120ms")]
    [InlineData(999_499, "999ms")]
    [InlineData(999_500, "1.0s")]
    [InlineData(7_900_000, "7.9s")]
    [InlineData(59_499_999, "59s")]
    [InlineData(59_500_000, "1m00s")]
    [InlineData(125_000_000, "2m05s")]
    [InlineData(3_599_499_999, "59m59s")]
    [InlineData(3_599_500_000, "1h00m")]
    [InlineData(7_860_000_000, "2h11m")]
    [InlineData(86_369_999_999, "23h59m")]
    [InlineData(86_370_000_000, "1d0h")]
    [InlineData(273_600_000_000, "3d4h")]
    [InlineData(ulong.MaxValue, "213503982d8h")]
    public void Durations_keep_about_two_digits_and_never_say_sixty_seconds(ulong microseconds, string expected)
        => Assert.Equal(expected, Written(output => output.WriteDuration(microseconds)));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(10 * 1024, "10 KiB")]
    [InlineData((1024 * 1024) - 1, "1.0 MiB")]
    [InlineData(1_572_864, "1.5 MiB")]
    [InlineData(3UL << 40, "3.0 TiB")]
    [InlineData(ulong.MaxValue, "16 EiB")]
    public void Sizes_count_in_powers_of_1024(ulong octets, string expected) => Assert.Equal(expected, Written(output => output.WriteSize(octets)));

    [Theory]
    [InlineData(0, "0 bit/s")]
    [InlineData(125, "1.0 kbit/s")]
    [InlineData(1_250_000, "10 Mbit/s")]
    [InlineData(124_999_999, "1.0 Gbit/s")]
    [InlineData(ulong.MaxValue, "18 Ebit/s")]
    public void Bit_rates_count_in_powers_of_1000(ulong octetsPerSecond, string expected)
        => Assert.Equal(expected, Written(output => output.WriteBitRate(octetsPerSecond)));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(1000, "1,000")]
    [InlineData(-1000, "-1,000")]
    [InlineData(-999, "-999")]
    [InlineData(1_234_567, "1,234,567")]
    [InlineData(long.MinValue, "-9,223,372,036,854,775,808")]
    public void Counts_have_their_thousands_apart(long count, string expected) => Assert.Equal(expected, Written(output => output.WriteCount(count)));

    [Theory]
    [InlineData(0, 1_000_000, "0/s")]
    [InlineData(3, 10_000_000, "0.3/s")]
    [InlineData(12, 1_000_000, "12/s")]
    [InlineData(-5, 1_000_000, "-5.0/s")]
    [InlineData(5000, 1_000_000, "5,000/s")]
    [InlineData(5, 0, "0/s")]
    public void Rates_are_per_second(long difference, ulong microseconds, string expected)
    {
        byte[] text = new byte[Units.MaxLength];
        Assert.Equal(expected, Encoding.ASCII.GetString(text, 0, Units.FormatRate(text, difference, microseconds)));
    }

    private static string Written(Action<Utf8Writer> write)
    {
        var output = new MemoryWriter();
        write(output);
        return output.ToString();
    }
}
