using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Packets that belong to no connection and are ready to go: RSTs, SYN cookies, ACKs from TIME-WAIT, echo replies. So many octets and
/// no more; what does not fit is not sent, as nobody relies on it.
/// </summary>
internal sealed class ReplyQueue(TcpCounters counters)
{
    private const int Capacity = 1 << 16;
    private const int Prefix = sizeof(ushort);

    private byte[] _octets = [];
    private int _first;
    private int _end;

    public bool IsEmpty => _first == _end;

    /// <summary>Room for a packet of that length; <see cref="Commit"/> makes it one. Empty when there is none.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_octets.Length == 0)
        {
            _octets = new byte[Capacity];
        }

        if (Capacity - _end < Prefix + length)
        {
            // Beyond the last packet is no room; before the first there may be.
            _octets.AsSpan(_first.._end).CopyTo(_octets);
            (_first, _end) = (0, _end - _first);
        }

        return Capacity - _end < Prefix + length ? [] : _octets.AsSpan(_end + Prefix, length);
    }

    /// <param name="length">Octets that were written into what <see cref="Reserve"/> gave.</param>
    public void Commit(int length)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_octets.AsSpan(_end), (ushort)length);
        _end += Prefix + length;
    }

    public bool TryTake(Span<byte> into, out int length)
    {
        length = 0;
        if (IsEmpty)
        {
            return false;
        }

        length = BinaryPrimitives.ReadUInt16LittleEndian(_octets.AsSpan(_first));
        _octets.AsSpan(_first + Prefix, length).CopyTo(into);
        _first += Prefix + length;
        if (IsEmpty)
        {
            (_first, _end) = (0, 0);
        }

        return true;
    }

    /// <summary>A segment of no connection. False when there is no room.</summary>
    public bool TryAdd(in FourTuple tuple, scoped in TcpSegment segment, ConnectionOptions options, OptionOrder order = OptionOrder.Linux)
    {
        Span<byte> room = Reserve(OutgoingPacket.MaxHeaders + segment.Payload.Length);
        if (room.IsEmpty)
        {
            return false;
        }

        Commit(OutgoingPacket.Write(room, tuple, segment, options, order, isChecksumPartial: false));
        counters.Add(TcpCounter.OutSegs);
        counters.Add(TcpCounter.OutRsts, segment.Has(ControlBits.Rst) ? 1 : 0);
        return true;
    }
}
