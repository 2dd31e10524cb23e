using TcpLens.Cli.Rendering;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class BarsTests
{
    [Theory]
    [InlineData(0, 10, true, "")]
    [InlineData(1, 4, true, "████")]
    [InlineData(0.5, 4, true, "██")]
    [InlineData(0.53125, 4, true, "██▏")]
    [InlineData(0.96875, 4, true, "███▉")]
    [InlineData(0.00001, 4, true, "▏")]
    [InlineData(7, 4, true, "████")]
    [InlineData(double.NaN, 4, true, "")]
    [InlineData(0.5, 4, false, "##")]
    [InlineData(0.00001, 4, false, "#")]
    [InlineData(0.5, 0, true, "")]
    public void A_bar_fills_its_part_and_something_is_never_nothing(double fraction, int cells, bool unicode, string expected)
    {
        var output = new MemoryWriter();
        int taken = Bars.Write(output, fraction, cells, unicode);
        Assert.Equal(expected, output.ToString());
        Assert.Equal(expected.Length, taken);
    }

    [Fact]
    public void On_a_logarithmic_scale_a_thousandth_is_still_half_as_long()
    {
        Assert.Equal(0.5, Bars.Logarithmic(999, 999_999), precision: 6);
        Assert.Equal(0.000999, Bars.Linear(999, 1_000_000), precision: 6);
        Assert.Equal(0, Bars.Logarithmic(0, 10));
        Assert.Equal(0, Bars.Linear(5, 0));
    }
}
