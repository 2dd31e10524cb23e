using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>
/// Sends forged packets and looks at nothing that comes back: a blind attacker (RFC 5961 §1). It has one link, to its victim or to the
/// network. What it sends comes from a program that is asked at times.
/// </summary>
public sealed class Attacker : IWorldNode
{
    private readonly OutgoingPackets _outgoing = new();
    private readonly byte[] _room = new byte[ushort.MaxValue];
    private AttackPlan? _plan;
    private long _left;

    /// <summary>Writes one packet into <paramref name="room"/>; says how many octets, 0 for none this time.</summary>
    public delegate int AttackPlan(Span<byte> room, Instant now);

    public Instant NextTimeout { get; private set; } = Instant.Never;

    /// <summary>From one shot to the next.</summary>
    public TimeSpan Interval { get; private set; }

    /// <summary>Packets sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Sends so many packets at an interval, beginning at a time.</summary>
    public void Begin(AttackPlan plan, Instant from, TimeSpan interval, long packets)
    {
        _plan = plan;
        _left = packets;
        Interval = interval;
        NextTimeout = packets > 0 ? from : Instant.Never;
    }

    /// <summary>Sends one packet as it is.</summary>
    public void Send(ReadOnlySpan<byte> packet)
    {
        _outgoing.Add(port: 0, packet);
        Sent++;
    }

    public void OnPacket(int port, ReadOnlySpan<byte> packet, Instant now)
    {
    }

    public void OnTimeout(Instant now)
    {
        if (now < NextTimeout)
        {
            return;
        }

        int length = _plan!(_room, now);
        if (length > 0)
        {
            Send(_room.AsSpan(0, length));
        }

        NextTimeout = --_left > 0 ? now + Interval : Instant.Never;
    }

    public bool TryTakePacket(Span<byte> into, Instant now, out int length, out int port) => _outgoing.TryTake(into, out length, out port);
}
