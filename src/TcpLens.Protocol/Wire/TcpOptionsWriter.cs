using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>Writes TCP options one after the other. What does not fit into the room is not written, and the caller is told.</summary>
/// <param name="room">At most 40 octets are used (RFC 9293 §3.1).</param>
public ref struct TcpOptionsWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room[..Math.Min(room.Length, TcpHeader.MaxLength - TcpHeader.MinLength)];

    public int Length { get; private set; }

    /// <summary>What was written, filled up to whole words with zeros (RFC 9293 §3.1: padding).</summary>
    public readonly ReadOnlySpan<byte> Padded
    {
        get
        {
            int padded = Math.Min((Length + 3) & ~3, _room.Length);
            _room[Length..padded].Clear();
            return _room[..padded];
        }
    }

    /// <summary>RFC 9293 §3.7.1.</summary>
    public bool TryAddMaximumSegmentSize(ushort octets)
    {
        Span<byte> value = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(value, octets);
        return TryAdd(TcpOptionKind.MaximumSegmentSize, value);
    }

    /// <summary>RFC 7323 §2.2.</summary>
    public bool TryAddWindowScale(WindowScale scale) => TryAdd(TcpOptionKind.WindowScale, [scale.Shift]);

    /// <summary>RFC 2018 §2.</summary>
    public bool TryAddSackPermitted() => TryAdd(TcpOptionKind.SackPermitted, []);

    /// <summary>RFC 7323 §3.2.</summary>
    public bool TryAddTimestamps(uint value, uint echo)
    {
        Span<byte> octets = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        BinaryPrimitives.WriteUInt32BigEndian(octets[4..], echo);
        return TryAdd(TcpOptionKind.Timestamps, octets);
    }

    /// <summary>RFC 2018 §3: all blocks in one option.</summary>
    public bool TryAddSack(params ReadOnlySpan<(SeqNum Left, SeqNum Right)> blocks)
    {
        Span<byte> octets = stackalloc byte[TcpHeader.MaxLength];
        int length = 0;
        foreach ((SeqNum left, SeqNum right) in blocks[..Math.Min(blocks.Length, octets.Length / 8)])
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets[length..], left.Value);
            BinaryPrimitives.WriteUInt32BigEndian(octets[(length + 4)..], right.Value);
            length += 8;
        }

        return TryAdd(TcpOptionKind.Sack, octets[..length]);
    }

    /// <summary>Any option, kind and length written before its value. False, and nothing written, when there is no room.</summary>
    public bool TryAdd(TcpOptionKind kind, scoped ReadOnlySpan<byte> value)
    {
        Span<byte> left = _room[Length..];
        if (left.Length < value.Length + 2)
        {
            return false;
        }

        left[0] = (byte)kind;
        left[1] = (byte)(value.Length + 2);
        value.CopyTo(left[2..]);
        Length += value.Length + 2;
        return true;
    }
}
