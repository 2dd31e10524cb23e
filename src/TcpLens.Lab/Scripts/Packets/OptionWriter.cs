using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>Options exactly in the order that a script gives, NOPs and all.</summary>
internal ref struct OptionWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room;
    private int _length;

    /// <exception cref="UnsupportedFeatureException">More than 40 octets.</exception>
    public void Add(ScriptOption option, ScriptFlow flow, bool isEchoMeant)
    {
        Span<byte> octets = stackalloc byte[2 + (8 * SackBlocks.Capacity)];
        octets[0] = (byte)option.Kind;
        int length = Value(octets[2..], option, flow, isEchoMeant) + 2;
        octets[1] = (byte)length;
        length = option.Kind is TcpOptionKind.NoOperation or TcpOptionKind.End ? 1 : length;
        if (!octets[..length].TryCopyTo(_room[_length..]))
        {
            throw new UnsupportedFeatureException("more than 40 octets of options");
        }

        _length += length;
    }

    /// <summary>Whole words: an end of the list where the script left some open.</summary>
    public readonly int Finish()
    {
        int padded = (_length + 3) & ~3;
        _room[_length..padded].Clear();
        return padded;
    }

    private static int Value(Span<byte> into, ScriptOption option, ScriptFlow flow, bool isEchoMeant)
    {
        switch (option.Kind)
        {
            case TcpOptionKind.MaximumSegmentSize:
                BinaryPrimitives.WriteUInt16BigEndian(into, (ushort)option.First);
                return 2;
            case TcpOptionKind.WindowScale:
                into[0] = (byte)option.First;
                return 1;
            case TcpOptionKind.Timestamps:
                BinaryPrimitives.WriteUInt32BigEndian(into, option.First);
                BinaryPrimitives.WriteUInt32BigEndian(into[4..], isEchoMeant ? flow.ToLiveTimestamp(option.Second) : option.Second);
                return 8;
            case TcpOptionKind.Sack:
                int length = 0;
                foreach ((uint left, uint right) in option.Blocks ?? [])
                {
                    BinaryPrimitives.WriteUInt32BigEndian(into[length..], flow.ToLive(left, isSyn: false).Value);
                    BinaryPrimitives.WriteUInt32BigEndian(into[(length + 4)..], flow.ToLive(right, isSyn: false).Value);
                    length += 8;
                }

                return length;
            default:
                return 0;
        }
    }
}
