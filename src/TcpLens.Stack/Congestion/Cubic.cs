using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// CUBIC (RFC 9438): the window is a cubic function of the time since the last reduction, flat around the size at which that happened. Windows
/// are in segments here, times in seconds, as in the RFC's formulas.
/// </summary>
internal sealed class Cubic(TcpCounters counters) : CongestionControl
{
    private const double C = 0.4;
    private const double Beta = 0.7;
    private const double FriendlyAlpha = 3 * (1 - Beta) / (1 + Beta);

    /// <summary>
    /// The function is looked at again after a thirty-second of a second (as Linux has it), a round trip, or when the window has grown. A round trip,
    /// because Reno's window, which this one is to keep up with (§4.3), grows with each: on a path of 50 µs a window of two segments stayed one.
    /// </summary>
    private const int LooksAgainAfter = 1_000_000 / 32;

    private HyStart _hyStart;
    private Instant _epoch = Instant.Never;
    private float _k;
    private float _origin;
    private float _maximum;
    private float _prior;
    private float _estimate;
    private float _maximumBefore;
    private Instant _epochBefore = Instant.Never;
    private Instant _lookedAt;
    private int _lookedAtWindow;
    private int _octetsEach;
    private int _arrived;

    public override void OnDelivered(ref CongestionWindow window, int delivered, int minimumRtt, Instant now)
    {
        if (window.IsInSlowStart && _hyStart.IsConservative)
        {
            delivered = Math.Max(delivered / HyStart.GrowthDivisor, 1);
        }

        int left = window.SlowStart(delivered);
        if (left > 0)
        {
            window.Grow(left, OctetsEach(in window, left, minimumRtt, now));
        }
    }

    public override int Reduce(in CongestionWindow window, int inFlight)
    {
        float segments = Segments(in window);
        (_maximumBefore, _epochBefore) = (_maximum, _epoch);

        // §4.7, fast convergence: a window that no longer reaches its last maximum makes room for others.
        _maximum = segments < _maximum ? (float)(segments * (1 + Beta) / 2) : segments;
        _prior = segments;
        _epoch = Instant.Never;

        // §4.6 takes the flight or the window; the window, because it does not grow here while it is not used.
        int reduced = (int)(window.Octets * Beta);
        return Math.Max(reduced - (reduced % window.SegmentSize), 2 * window.SegmentSize);
    }

    public override void OnRtt(ref CongestionWindow window, int rtt, SeqNum unacknowledged, SeqNum next)
    {
        if (window.IsInSlowStart)
        {
            _hyStart.OnRtt(ref window, rtt, unacknowledged, next, counters);
        }
    }

    /// <summary>RFC 9438 §4.9.</summary>
    public override void OnUndo() => (_maximum, _epoch) = (_maximumBefore, _epochBefore);

    /// <summary>RFC 9438 §4.8: the first avoidance after a timeout begins flat, where slow start ends.</summary>
    public override void OnTimeout() => (_hyStart, _maximum) = (default, 0);

    /// <summary>Idle time is no time in which the window could have grown (RFC 9438 §5.8).</summary>
    public override void OnIdleEnded(long nanoseconds)
    {
        if (_epoch != Instant.Never)
        {
            _epoch = new(_epoch.Nanoseconds + nanoseconds);
        }
    }

    private static float Segments(in CongestionWindow window) => (float)window.Octets / window.SegmentSize;

    /// <summary>How many octets must arrive for each segment that the window grows (§4.2 to §4.5).</summary>
    private int OctetsEach(in CongestionWindow window, int delivered, int minimumRtt, Instant now)
    {
        _arrived += delivered;
        if (_epoch != Instant.Never && _lookedAtWindow == window.Octets && now.MicrosecondsSince(_lookedAt) <= Math.Min(LooksAgainAfter, minimumRtt))
        {
            return _octetsEach;
        }

        float segments = Segments(in window);
        if (_epoch == Instant.Never)
        {
            StartEpoch(segments, delivered, now);
        }

        double each = Math.Min(CubicOctetsEach(in window, segments, minimumRtt, now), FriendlyOctetsEach(in window, segments));
        (_lookedAt, _lookedAtWindow) = (now, window.Octets);
        _octetsEach = (int)Math.Clamp(each, 2.0 * window.SegmentSize, int.MaxValue / 2);
        return _octetsEach;
    }

    private double CubicOctetsEach(in CongestionWindow window, float segments, int minimumRtt, Instant now)
    {
        double elapsed = (now.Nanoseconds - _epoch.Nanoseconds + (minimumRtt * 1000L)) / 1e9;
        double offset = elapsed - _k;
        double target = Math.Min(_origin + (C * offset * offset * offset), 1.5 * segments);
        double each = target > segments ? window.Octets / (target - segments) : window.Octets * 100.0;

        // No loss has told yet how much fits: a twentieth in a round trip, as Linux has it, for the function is flat here.
        return _maximum == 0 ? Math.Min(each, 20.0 * window.SegmentSize) : each;
    }

    private void StartEpoch(float segments, int delivered, Instant now)
    {
        (_epoch, _estimate, _arrived) = (now, segments, delivered);
        (_k, _origin) = segments < _maximum
            ? ((float)Math.Cbrt((_maximum - segments) / C), _maximum)
            : (0, segments);
    }

    /// <summary>Where Reno's window would be larger by a segment, CUBIC is no slower (§4.3).</summary>
    private double FriendlyOctetsEach(in CongestionWindow window, float segments)
    {
        double alpha = _estimate >= _prior ? 1 : FriendlyAlpha;
        _estimate += (float)(alpha * _arrived / window.Octets);
        _arrived = 0;
        double ahead = Math.Floor(_estimate - segments);
        return ahead >= 1 ? window.Octets / ahead : double.MaxValue;
    }
}
