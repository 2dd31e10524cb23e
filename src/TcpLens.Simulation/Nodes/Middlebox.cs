using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>Stands between two links and passes packets on, or does not: what comes in at port 0 leaves at port 1, and the other way round.</summary>
public abstract class Middlebox : IWorldNode
{
    private readonly OutgoingPackets _outgoing = new();
    private readonly byte[] _packet = new byte[ushort.MaxValue];

    /// <summary>Packets that were not passed on.</summary>
    public long Dropped { get; private set; }

    public virtual Instant NextTimeout => Instant.Never;

    public void OnPacket(int port, ReadOnlySpan<byte> packet, Instant now)
    {
        packet.CopyTo(_packet);
        Span<byte> own = _packet.AsSpan(0, packet.Length);
        if (Pass(port, own, now))
        {
            _outgoing.Add(1 - port, own);
        }
        else
        {
            Dropped++;
        }
    }

    public virtual void OnTimeout(Instant now)
    {
    }

    public bool TryTakePacket(Span<byte> into, Instant now, out int length, out int port) => _outgoing.TryTake(into, out length, out port);

    /// <summary>Whether a packet is passed on; it may be changed.</summary>
    protected abstract bool Pass(int port, Span<byte> packet, Instant now);
}
