using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>Options one after the other, with the NOPs that put them on word boundaries where stacks in use put them.</summary>
internal ref struct OptionOctets(Span<byte> room)
{
    private readonly Span<byte> _room = room[..Math.Min(room.Length, TcpHeader.MaxLength - TcpHeader.MinLength)];
    private int _length;

    public void Pad(int octets)
    {
        _room.Slice(_length, octets).Fill((byte)TcpOptionKind.NoOperation);
        _length += octets;
    }

    public void Add(TcpOptionKind kind, scoped ReadOnlySpan<byte> value)
    {
        Span<byte> option = _room.Slice(_length, value.Length + 2);
        option[0] = (byte)kind;
        option[1] = (byte)option.Length;
        value.CopyTo(option[2..]);
        _length += option.Length;
    }

    public void Add(TcpOptionKind kind, ushort value)
    {
        Span<byte> octets = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(octets, value);
        Add(kind, octets);
    }

    /// <summary>As many blocks as there is room for: three beside timestamps.</summary>
    public void Add(in SackBlocks blocks)
    {
        int count = Math.Min(blocks.Count, (_room.Length - _length - 2) / 8);
        Span<byte> value = stackalloc byte[count * 8];
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(value[(i * 8)..], blocks[i].Left.Value);
            BinaryPrimitives.WriteUInt32BigEndian(value[((i * 8) + 4)..], blocks[i].Right.Value);
        }

        Add(TcpOptionKind.Sack, value);
    }

    /// <summary>Fills the last word: with NOPs as Linux does, or with an end of the list.</summary>
    public int Finish(OptionOrder order)
    {
        int padded = (_length + 3) & ~3;
        _room[_length..padded].Fill((byte)(order == OptionOrder.Linux ? TcpOptionKind.NoOperation : TcpOptionKind.End));
        return padded;
    }
}
