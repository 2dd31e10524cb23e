namespace TcpLens.Observation;

/// <summary>
/// Addresses as ASCII, without allocation: this is most of what printing a socket costs. RFC 5952 for IPv6, with the last four
/// octets dotted for ::ffff:0:0/96 and ::/96 (its §5; glibc's inet_ntop, and so ss, agrees).
/// </summary>
internal static class AddressText
{
    /// <summary>ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, which no mixed form exceeds.</summary>
    public const int MaxLength = 39;

    /// <summary>Writes dotted decimal; gives the length, at most 15. The destination must have room.</summary>
    public static int WriteV4(Span<byte> utf8, uint address)
    {
        int at = WriteDecimal(utf8, address >> 24);
        utf8[at++] = (byte)'.';
        at += WriteDecimal(utf8[at..], (address >> 16) & 0xff);
        utf8[at++] = (byte)'.';
        at += WriteDecimal(utf8[at..], (address >> 8) & 0xff);
        utf8[at++] = (byte)'.';
        return at + WriteDecimal(utf8[at..], address & 0xff);
    }

    /// <summary>Gives the length, at most <see cref="MaxLength"/>. The destination must have room.</summary>
    public static int WriteV6(Span<byte> utf8, ulong high, ulong low)
    {
        (int zerosFrom, int zeros) = LongestZeroRun(high, low);
        bool isMixed = zerosFrom == 0 && (zeros == 6 || (zeros == 5 && (ushort)(low >> 32) == 0xffff));
        int groups = isMixed ? 6 : 8;
        int at = 0;
        for (int group = 0; group < groups; group++)
        {
            if (group == zerosFrom)
            {
                utf8[at++] = (byte)':';
                group += zeros - 1;
                if (group == 7)
                {
                    utf8[at++] = (byte)':';
                }

                continue;
            }

            if (group > 0)
            {
                utf8[at++] = (byte)':';
            }

            at += WriteHex(utf8[at..], Group(high, low, group));
        }

        if (isMixed)
        {
            utf8[at++] = (byte)':';
            at += WriteV4(utf8[at..], (uint)low);
        }

        return at;
    }

    /// <summary>A port or an octet, without the ceremony of a general formatter; gives the length.</summary>
    public static int WriteDecimal(Span<byte> utf8, uint value)
    {
        int length = value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10_000 ? 4 : 5;
        for (int at = length - 1; at > 0; at--)
        {
            (value, uint digit) = Math.DivRem(value, 10);
            utf8[at] = (byte)('0' + digit);
        }

        utf8[0] = (byte)('0' + value);
        return length;
    }

    private static ushort Group(ulong high, ulong low, int group) => (ushort)((group < 4 ? high : low) >> (48 - (16 * (group & 3))));

    /// <summary>RFC 5952 §4.2: the longest run of zero groups, the first of equals, and never a single group.</summary>
    private static (int From, int Length) LongestZeroRun(ulong high, ulong low)
    {
        int bestFrom = -1, best = 1, run = 0;
        for (int group = 0; group < 8; group++)
        {
            run = Group(high, low, group) == 0 ? run + 1 : 0;
            if (run > best)
            {
                (bestFrom, best) = (group - run + 1, run);
            }
        }

        return (bestFrom, best);
    }

    private static int WriteHex(Span<byte> utf8, ushort value)
    {
        int length = value < 0x10 ? 1 : value < 0x100 ? 2 : value < 0x1000 ? 3 : 4;
        for (int at = length - 1; at >= 0; at--, value >>= 4)
        {
            utf8[at] = "0123456789abcdef"u8[value & 15];
        }

        return length;
    }
}
