using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>How a congestion window grows and by how much it shrinks. When it does is loss recovery's matter.</summary>
internal abstract class CongestionControl
{
    public static CongestionControl Create(CongestionAlgorithm algorithm, TcpCounters counters) => algorithm switch
    {
        CongestionAlgorithm.NewReno => new NewReno(),
        CongestionAlgorithm.Cubic => new Cubic(counters),
    };

    /// <summary>Octets arrived, and the window was in use.</summary>
    /// <param name="window">Grows.</param>
    /// <param name="delivered">Octets.</param>
    /// <param name="minimumRtt">Microseconds.</param>
    /// <param name="now">The time.</param>
    public abstract void OnDelivered(ref CongestionWindow window, int delivered, int minimumRtt, Instant now);

    /// <summary>The threshold after a sign of congestion, in octets, at least two segments.</summary>
    public abstract int Reduce(in CongestionWindow window, int inFlight);

    /// <summary>A round trip was measured, in microseconds.</summary>
    /// <param name="window">Its threshold may be set.</param>
    /// <param name="rtt">Microseconds.</param>
    /// <param name="unacknowledged">SND.UNA.</param>
    /// <param name="next">SND.NXT.</param>
    public virtual void OnRtt(ref CongestionWindow window, int rtt, SeqNum unacknowledged, SeqNum next)
    {
    }

    /// <summary>The last reduction was for nothing.</summary>
    public virtual void OnUndo()
    {
    }

    /// <summary>The retransmission timer fired.</summary>
    public virtual void OnTimeout()
    {
    }

    /// <summary>Sending begins again after nothing was in flight for so long.</summary>
    public virtual void OnIdleEnded(long nanoseconds)
    {
    }
}
