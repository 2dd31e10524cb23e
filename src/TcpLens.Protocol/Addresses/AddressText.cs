namespace TcpLens.Protocol;

/// <summary>
/// Addresses as ASCII, without allocation: this is most of what printing a socket costs. RFC 5952 for IPv6, with the last four
/// octets dotted for ::ffff:0:0/96 and ::/96 (its §5; glibc's inet_ntop, and so ss, agrees).
/// </summary>
/// <remarks>
/// Every method writes at <c>at</c> and moves it on, and the destination must have room. Digits are written one by one and spans are not
/// sliced on the way: in precompiled code each call into the framework is a call, and here there would be forty of them an address.
/// </remarks>
internal static class AddressText
{
    /// <summary>ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, which no mixed form exceeds.</summary>
    public const int MaxLength = 39;

    /// <summary>Dotted decimal, at most 15 octets.</summary>
    public static void WriteV4(Span<byte> utf8, ref int at, uint address)
    {
        WriteDecimal(utf8, ref at, address >> 24);
        utf8[at++] = (byte)'.';
        WriteDecimal(utf8, ref at, (address >> 16) & 0xff);
        utf8[at++] = (byte)'.';
        WriteDecimal(utf8, ref at, (address >> 8) & 0xff);
        utf8[at++] = (byte)'.';
        WriteDecimal(utf8, ref at, address & 0xff);
    }

    /// <summary>At most <see cref="MaxLength"/> octets.</summary>
    public static void WriteV6(Span<byte> utf8, ref int at, ulong high, ulong low)
    {
        int zerosFrom = LongestZeroRun(high, low, out int zeros);
        bool isMixed = zerosFrom == 0 && (zeros == 6 || (zeros == 5 && (ushort)(low >> 32) == 0xffff));
        int groups = isMixed ? 6 : 8;
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

            WriteHex(utf8, ref at, Group(high, low, group));
        }

        if (isMixed)
        {
            utf8[at++] = (byte)':';
            WriteV4(utf8, ref at, (uint)low);
        }
    }

    /// <summary>A port or an octet: at most 65535.</summary>
    public static void WriteDecimal(Span<byte> utf8, ref int at, uint value)
    {
        if (value >= 10_000)
        {
            utf8[at++] = (byte)('0' + (value / 10_000));
        }

        if (value >= 1000)
        {
            utf8[at++] = (byte)('0' + (value / 1000 % 10));
        }

        if (value >= 100)
        {
            utf8[at++] = (byte)('0' + (value / 100 % 10));
        }

        if (value >= 10)
        {
            utf8[at++] = (byte)('0' + (value / 10 % 10));
        }

        utf8[at++] = (byte)('0' + (value % 10));
    }

    private static void WriteHex(Span<byte> utf8, ref int at, uint value)
    {
        if (value >= 0x1000)
        {
            utf8[at++] = HexDigit(value >> 12);
        }

        if (value >= 0x100)
        {
            utf8[at++] = HexDigit((value >> 8) & 15);
        }

        if (value >= 0x10)
        {
            utf8[at++] = HexDigit((value >> 4) & 15);
        }

        utf8[at++] = HexDigit(value & 15);
    }

    private static byte HexDigit(uint value) => (byte)(value < 10 ? '0' + value : 'a' - 10 + value);

    private static ushort Group(ulong high, ulong low, int group) => (ushort)((group < 4 ? high : low) >> (48 - (16 * (group & 3))));

    /// <summary>RFC 5952 §4.2: the longest run of zero groups, the first of equals, and never a single group. Gives where it begins, or -1.</summary>
    private static int LongestZeroRun(ulong high, ulong low, out int length)
    {
        int from = -1, run = 0;
        length = 1;
        for (int group = 0; group < 8; group++)
        {
            run = Group(high, low, group) == 0 ? run + 1 : 0;
            if (run > length)
            {
                (from, length) = (group - run + 1, run);
            }
        }

        return from;
    }
}
