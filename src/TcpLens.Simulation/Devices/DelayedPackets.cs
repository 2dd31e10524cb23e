using System.Buffers;
using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>Packets that wait for their time, in the order in which it comes.</summary>
internal sealed class DelayedPackets
{
    /// <summary>What comes when so many wait is lost: memory has an end.</summary>
    public const int Most = 100_000;

    private readonly PriorityQueue<(byte[] Octets, int Length), (Instant Due, long Order)> _queue = new();
    private long _order;

    public Instant Next => _queue.TryPeek(out _, out (Instant Due, long Order) first) ? first.Due : Instant.Never;

    /// <summary>Nothing for a packet whose time never comes.</summary>
    public void Keep(ReadOnlySpan<byte> packet, Instant due)
    {
        if (due != Instant.Never && _queue.Count < Most)
        {
            byte[] octets = ArrayPool<byte>.Shared.Rent(packet.Length);
            packet.CopyTo(octets);
            _queue.Enqueue((octets, packet.Length), (due, _order++));
        }
    }

    public bool TryTake(Instant now, Span<byte> into, out int length)
    {
        length = 0;
        if (Next > now || _queue.Count == 0)
        {
            return false;
        }

        (byte[] octets, length) = _queue.Dequeue();
        octets.AsSpan(0, length).CopyTo(into);
        ArrayPool<byte>.Shared.Return(octets);
        return true;
    }
}
