using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>A connection whose peer is the test: it knows every number, says what it likes, and forgets what it hears.</summary>
internal sealed class KnownPeer
{
    public KnownPeer(TcpSettings settings, SegmentOptions offers = default)
    {
        Connection = new(settings, new ConnectionStart { InitialSequence = new(1_000), LinkSegmentSize = 1460 }, Counters);
        Connection.Listen();
        Say(new TcpSegment { Sequence = Initial, Bits = ControlBits.Syn, Window = new(ushort.MaxValue), Options = offers });
        Say(new TcpSegment { Sequence = Initial + 1, Acknowledgment = new(1_001), Bits = ControlBits.Ack, Window = new(ushort.MaxValue), Options = Stamp(offers) });
        Assert.Equal(TcpState.Established, Connection.State);
        while (Connection.TryTakeEvent(out _))
        {
        }
    }

    /// <summary>The peer's ISS: the octets are on both sides of where numbers begin again.</summary>
    public static SeqNum Initial => new(0xffff_c000);

    public TcpCounters Counters { get; } = new();

    public TcpConnection Connection { get; }

    public Instant Now { get; private set; } = new(1_000_000_000);

    /// <summary>A segment arrives; what the connection answers is drained.</summary>
    public DropReason Say(scoped in TcpSegment segment)
    {
        DropReason reason = Connection.OnSegment(segment, Now);
        Drain();
        return reason;
    }

    public void Wait(TimeSpan time)
    {
        Now += time;
        if (Connection.NextTimeout <= Now)
        {
            Connection.OnTimeout(Now);
        }

        Drain();
    }

    /// <summary>Segments that leave now.</summary>
    public int Drain()
    {
        int segments = 0;
        while (Connection.TryTakeSegment(Now, out _))
        {
            Assert.True(++segments < 100_000, "segments without end");
        }

        return segments;
    }

    private static SegmentOptions Stamp(SegmentOptions offers)
    {
        SegmentOptions options = default;
        if (offers.Has(SegmentOptionSet.Timestamps))
        {
            options.Present = SegmentOptionSet.Timestamps;
            options.TimestampValue = offers.TimestampValue;
        }

        return options;
    }
}
