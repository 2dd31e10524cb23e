using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// The memory of all buffers of a host. When it is used up each connection still has a little of its own, so that none waits for another
/// for ever (as tcp_rmem and tcp_wmem promise in Linux).
/// </summary>
internal sealed class BufferBudget(long limit, TcpCounters counters)
{
    /// <summary>A page, each way.</summary>
    private const int Promised = 4096;

    private long _held;

    private bool IsUsedUp => _held >= limit;

    /// <summary>What the connection holds now, instead of what it held.</summary>
    public void Count(HostConnection connection)
    {
        ConnectionCore core = connection.Core.Memory;
        int held = core.Sender.HeldMemory + core.Receiver.HeldMemory;
        bool wasUsedUp = IsUsedUp;
        _held += held - connection.CountedMemory;
        connection.CountedMemory = held;
        counters.Add(TcpCounter.TCPMemoryPressures, IsUsedUp && !wasUsedUp ? 1 : 0);
    }

    public void Forget(HostConnection connection)
    {
        _held -= connection.CountedMemory;
        connection.CountedMemory = 0;
    }

    /// <summary>As much as may be handed over now. Whoever has less taken hears when there is room again.</summary>
    public ReadOnlySpan<byte> Limit(HostConnection connection, ReadOnlySpan<byte> octets)
    {
        ConnectionCore core = connection.Core.Memory;
        int room = Promised - core.Sender.Queued;
        if (!IsUsedUp || octets.Length <= room)
        {
            return octets;
        }

        core.IsWriterWaiting = true;
        return octets[..Math.Max(room, 0)];
    }

    public bool HasRoomFor(HostConnection connection, scoped in TcpSegment segment)
    {
        if (!IsUsedUp || segment.Payload.Length == 0)
        {
            return true;
        }

        Receiver receiver = connection.Core.Memory.Receiver;
        bool isInOrder = !segment.Sequence.IsAfter(receiver.Next);
        bool hasRoom = isInOrder && receiver.Readable + segment.Payload.Length <= Promised;
        counters.Add(TcpCounter.TCPRcvQDrop, hasRoom ? 0 : 1);
        return hasRoom;
    }

    /// <summary>What it acknowledges counts in any case: that is what frees memory. Its octets and its FIN come again.</summary>
    public static TcpSegment WithoutText(scoped in TcpSegment segment) => new()
    {
        Sequence = segment.Sequence,
        Acknowledgment = segment.Acknowledgment,
        Bits = segment.Bits & ~(ControlBits.Fin | ControlBits.Psh | ControlBits.Urg),
        Window = segment.Window,
        Ecn = segment.Ecn,
        Options = segment.Options,
    };
}
