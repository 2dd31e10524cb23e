using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>Which options a segment carries, of those that a TCP here understands.</summary>
[Flags]
public enum SegmentOptionSet : byte
{
    None = 0,
    MaximumSegmentSize = 1,
    WindowScale = 2,
    SackPermitted = 4,
    Timestamps = 8,
    Sack = 16,
    UserTimeout = 32,

    /// <summary>The walk met a length below two or beyond the header (RFC 9293 §3.1, MUST-7); what stood before it counts.</summary>
    Malformed = 128,
}

/// <summary>The order of the options in a SYN; it tells implementations apart, and scripts written for one expect it.</summary>
public enum OptionOrder : byte
{
    /// <summary>MSS, SACK permitted, timestamps, NOP, window scale: Linux, and ours.</summary>
    Linux,

    /// <summary>MSS, NOP, window scale, SACK permitted, timestamps.</summary>
    FreeBsd,
}

/// <summary>What the options of one segment said or are to say. A value is meant only when <see cref="Present"/> has its flag.</summary>
public struct SegmentOptions
{
    public SegmentOptionSet Present { readonly get; set; }

    /// <summary>In octets, without options of IP or TCP (RFC 9293 §3.7.1, RFC 6691).</summary>
    public ushort MaximumSegmentSize { readonly get; set; }

    public WindowScale WindowScale { readonly get; set; }

    /// <summary>TSval and TSecr (RFC 7323 §3.2).</summary>
    public uint TimestampValue { readonly get; set; }

    public uint TimestampEcho { readonly get; set; }

    /// <summary>As it stands in the option: a granularity bit (minutes) and 15 bits (RFC 5482 §3).</summary>
    public ushort UserTimeout { readonly get; set; }

    public SackBlocks Sack { readonly get; set; }

    public readonly bool Has(SegmentOptionSet option) => (Present & option) == option;

    /// <summary>
    /// Reads what is understood and skips the rest (MUST-6). An option whose length is not the one its kind has is skipped as well: its
    /// length was honest about where the next begins.
    /// </summary>
    public static SegmentOptions Read(TcpOptions walk)
    {
        SegmentOptions options = default;
        while (walk.MoveNext())
        {
            options.Take(walk.Current);
        }

        if (walk.IsMalformed)
        {
            options.Present |= SegmentOptionSet.Malformed;
        }

        return options;
    }

    /// <summary>Writes what is present, as whole words. Octets written.</summary>
    /// <param name="room">40 octets.</param>
    /// <param name="order">Only SYNs have a choice.</param>
    public readonly int Write(Span<byte> room, OptionOrder order = OptionOrder.Linux)
    {
        var octets = new OptionOctets(room);
        if (Has(SegmentOptionSet.MaximumSegmentSize))
        {
            octets.Add(TcpOptionKind.MaximumSegmentSize, MaximumSegmentSize);
        }

        if (order == OptionOrder.FreeBsd)
        {
            WriteScale(ref octets);
        }

        WriteSackPermittedAndTimestamps(ref octets, order);
        if (order == OptionOrder.Linux)
        {
            WriteScale(ref octets);
        }

        if (Has(SegmentOptionSet.UserTimeout))
        {
            octets.Add(TcpOptionKind.UserTimeout, UserTimeout);
        }

        if (Has(SegmentOptionSet.Sack))
        {
            octets.Pad(2);
            octets.Add(Sack);
        }

        return octets.Finish(order);
    }

    private readonly void WriteScale(ref OptionOctets octets)
    {
        if (Has(SegmentOptionSet.WindowScale))
        {
            octets.Pad(1);
            octets.Add(TcpOptionKind.WindowScale, [WindowScale.Shift]);
        }
    }

    private readonly void WriteSackPermittedAndTimestamps(ref OptionOctets octets, OptionOrder order)
    {
        bool both = Has(SegmentOptionSet.SackPermitted | SegmentOptionSet.Timestamps);
        if (Has(SegmentOptionSet.SackPermitted))
        {
            if (order == OptionOrder.Linux && !both)
            {
                octets.Pad(2);
            }

            octets.Add(TcpOptionKind.SackPermitted, []);
        }

        if (Has(SegmentOptionSet.Timestamps))
        {
            if (!both)
            {
                octets.Pad(2);
            }

            Span<byte> value = stackalloc byte[8];
            BinaryPrimitives.WriteUInt32BigEndian(value, TimestampValue);
            BinaryPrimitives.WriteUInt32BigEndian(value[4..], TimestampEcho);
            octets.Add(TcpOptionKind.Timestamps, value);
        }
    }

    private void Take(TcpOption option)
    {
        ReadOnlySpan<byte> value = option.Value;
        switch (option.Kind, value.Length)
        {
            case (TcpOptionKind.MaximumSegmentSize, 2):
                MaximumSegmentSize = BinaryPrimitives.ReadUInt16BigEndian(value);
                Present |= SegmentOptionSet.MaximumSegmentSize;
                break;
            case (TcpOptionKind.WindowScale, 1):
                WindowScale = new(value[0]);
                Present |= SegmentOptionSet.WindowScale;
                break;
            case (TcpOptionKind.SackPermitted, 0):
                Present |= SegmentOptionSet.SackPermitted;
                break;
            case (TcpOptionKind.Timestamps, 8):
                TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(value);
                TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
                Present |= SegmentOptionSet.Timestamps;
                break;
            case (TcpOptionKind.UserTimeout, 2):
                UserTimeout = BinaryPrimitives.ReadUInt16BigEndian(value);
                Present |= SegmentOptionSet.UserTimeout;
                break;
            case (TcpOptionKind.Sack, >= 8) when value.Length % 8 == 0:
                TakeSack(value);
                break;
        }
    }

    private void TakeSack(ReadOnlySpan<byte> value)
    {
        SackBlocks blocks = default;
        for (; value.Length >= 8; value = value[8..])
        {
            blocks.TryAdd(new(new(BinaryPrimitives.ReadUInt32BigEndian(value)), new(BinaryPrimitives.ReadUInt32BigEndian(value[4..]))));
        }

        Sack = blocks;
        Present |= SegmentOptionSet.Sack;
    }
}
