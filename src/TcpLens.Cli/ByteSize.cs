using System.Globalization;

namespace TcpLens.Cli;

/// <summary>Sizes as people write them: 100MB, 64MiB, 1.5G, 500k. K, M and G alone are those of disks, powers of 1000; a bare number is octets.</summary>
internal static class ByteSize
{
    public static bool TryParse(ReadOnlySpan<char> text, out long octets)
    {
        int digits = text.IndexOfAnyExceptInRange('.', '9');
        ReadOnlySpan<char> number = digits < 0 ? text : text[..digits];
        long unit = (digits < 0 ? "B" : text[digits..].ToString().ToUpperInvariant()) switch
        {
            "B" => 1,
            "K" or "KB" => 1_000,
            "M" or "MB" => 1_000_000,
            "G" or "GB" => 1_000_000_000,
            "T" or "TB" => 1_000_000_000_000,
            "KIB" => 1L << 10,
            "MIB" => 1L << 20,
            "GIB" => 1L << 30,
            "TIB" => 1L << 40,
            _ => 0,
        };
        bool isSize = unit > 0 && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value * unit is >= 1 and < long.MaxValue / 2;
        octets = isSize ? (long)(double.Parse(number, CultureInfo.InvariantCulture) * unit) : 0;
        return isSize;
    }
}
