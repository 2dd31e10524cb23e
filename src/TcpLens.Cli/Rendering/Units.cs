using System.Buffers.Text;

namespace TcpLens.Cli.Rendering;

/// <summary>
/// Numbers for people: about two digits that matter, and the unit. Machines get the plain number in JSON, with the unit in its name.
/// All of it is ASCII, at most <see cref="MaxLength"/> octets; each method gives the octets written.
/// </summary>
internal static class Units
{
    public const int MaxLength = 32;

    private const ulong Second = 1_000_000;
    private const ulong Minute = 60 * Second;
    private const ulong Hour = 60 * Minute;
    private const ulong Day = 24 * Hour;

    /// <summary>1,234,567</summary>
    public static int FormatCount(Span<byte> utf8, long count)
    {
        Utf8Formatter.TryFormat(count, utf8, out int digits);
        int first = count < 0 ? 1 : 0;
        int commas = (digits - first - 1) / 3;
        int to = digits + commas - 1;
        for (int from = digits - 1, seen = 0; to > from; from--, to--, seen++)
        {
            if (seen > 0 && seen % 3 == 0)
            {
                utf8[to--] = (byte)',';
            }

            utf8[to] = utf8[from];
        }

        return digits + commas;
    }

    /// <summary>85us, 1.2ms, 120ms, 7.9s, 2m05s, 2h11m, 3d4h</summary>
    public static int FormatDuration(Span<byte> utf8, ulong microseconds) => microseconds switch
    {
        < 1000 => Scaled(utf8, microseconds, 1, "us"u8),
        < 999_500 => Scaled(utf8, microseconds, 1000, "ms"u8),
        < Minute - (Second / 2) => Scaled(utf8, microseconds, Second, "s"u8),
        < Hour - (Second / 2) => Pair(utf8, Round(microseconds, Second), 60, (byte)'m', (byte)'s', padded: true),
        < Day - (Minute / 2) => Pair(utf8, Round(microseconds, Minute), 60, (byte)'h', (byte)'m', padded: true),
        _ => Pair(utf8, Round(microseconds, Hour), 24, (byte)'d', (byte)'h', padded: false),
    };

    /// <summary>512 B, 1.5 MiB: powers of 1024, as buffers are.</summary>
    public static int FormatSize(Span<byte> utf8, ulong octets)
    {
        if (octets < 1024)
        {
            return Scaled(utf8, octets, 1, " B"u8);
        }

        // 1023.5 KiB and more would be shown as 1024 KiB: take the next unit.
        int step = 0;
        ulong unit = 1024;
        for (; step < 5 && octets >= (unit * 1024) - (unit / 2); step++)
        {
            unit *= 1024;
        }

        return Scaled(utf8, octets, unit, (ReadOnlySpan<byte>)[(byte)' ', "KMGTPE"u8[step], (byte)'i', (byte)'B']);
    }

    /// <summary>12 Mbit/s: powers of 1000, as links are.</summary>
    public static int FormatBitRate(Span<byte> utf8, ulong octetsPerSecond)
    {
        ulong bits = octetsPerSecond > ulong.MaxValue / 8 ? ulong.MaxValue : octetsPerSecond * 8;
        if (bits < 1000)
        {
            return Scaled(utf8, bits, 1, " bit/s"u8);
        }

        int step = 0;
        ulong unit = 1000;
        for (; step < 5 && bits >= (unit * 1000) - (unit / 2); step++)
        {
            unit *= 1000;
        }

        return Scaled(utf8, bits, unit, (ReadOnlySpan<byte>)[(byte)' ', "kMGTPE"u8[step], .. "bit/s"u8]);
    }

    /// <summary>0.3/s, 12/s, 1,234/s: how fast a counter moved.</summary>
    public static int FormatRate(Span<byte> utf8, long difference, ulong microseconds)
    {
        double perSecond = microseconds == 0 ? 0 : difference * (double)Second / microseconds;
        int length;
        if (Math.Abs(perSecond) is > 0 and < 9.95)
        {
            Utf8Formatter.TryFormat(perSecond, utf8, out length, new System.Buffers.StandardFormat('F', 1));
        }
        else
        {
            length = FormatCount(utf8, (long)Math.Round(perSecond));
        }

        "/s"u8.CopyTo(utf8[length..]);
        return length + 2;
    }

    /// <summary>One decimal below ten, none above; whole numbers of the smallest unit stay whole.</summary>
    private static int Scaled(Span<byte> utf8, ulong value, ulong unit, ReadOnlySpan<byte> name)
    {
        int length;
        if (unit > 1 && value < (unit * 10) - (unit / 20))
        {
            ulong tenths = (ulong)((((UInt128)value * 10) + (unit / 2)) / unit);
            Utf8Formatter.TryFormat(tenths / 10, utf8, out length);
            utf8[length++] = (byte)'.';
            utf8[length++] = (byte)('0' + (tenths % 10));
        }
        else
        {
            Utf8Formatter.TryFormat(Round(value, unit), utf8, out length);
        }

        name.CopyTo(utf8[length..]);
        return length + name.Length;
    }

    private static int Pair(Span<byte> utf8, ulong count, uint perLarger, byte larger, byte smaller, bool padded)
    {
        (ulong high, ulong low) = Math.DivRem(count, perLarger);
        Utf8Formatter.TryFormat(high, utf8, out int length);
        utf8[length++] = larger;
        if (padded || low >= 10)
        {
            utf8[length++] = (byte)('0' + (low / 10));
        }

        utf8[length++] = (byte)('0' + (low % 10));
        utf8[length++] = smaller;
        return length;
    }

    private static ulong Round(ulong value, ulong unit) => (value / unit) + (value % unit >= unit - (unit / 2) ? 1u : 0u);
}
