using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>How much may be in flight, in octets, and whether that was used. It grows by whole segments, so that what may be sent is whole ones too.</summary>
internal struct CongestionWindow
{
    public const int NoThreshold = int.MaxValue;
    private const int Largest = 1 << 30;

    private int _credit;
    private int _mostUsed;
    private SeqNum _usageEnd;
    private bool _wasFull;
    private Instant _usedAt;

    public CongestionWindow(int octets, int segmentSize)
    {
        (Octets, SegmentSize, Threshold) = (octets, segmentSize, NoThreshold);
    }

    /// <summary>cwnd.</summary>
    public int Octets { readonly get; set; }

    /// <summary>ssthresh.</summary>
    public int Threshold { readonly get; set; }

    public int SegmentSize { readonly get; set; }

    public readonly bool IsInSlowStart => Octets < Threshold;

    /// <summary>The window was what held the sender back in the last flight; else it has not been tried and does not grow (RFC 7661, RFC 9438 §5.8).</summary>
    public readonly bool IsUsed => _wasFull || (IsInSlowStart && Octets < 2L * _mostUsed);

    /// <summary>RFC 6928: ten segments as a rule, fewer where segments are large.</summary>
    public static int Initial(int segments, int segmentSize)
        => Math.Min(segments * segmentSize, Math.Max(2 * segmentSize, segments * 1460));

    /// <summary>New octets have left.</summary>
    public void OnSent(int pipe, int inFlight, SeqNum unacknowledged, SeqNum next, Instant now)
    {
        bool isFull = pipe + SegmentSize > Octets;
        if (isFull || !unacknowledged.IsBefore(_usageEnd) || (!_wasFull && inFlight > _mostUsed))
        {
            (_wasFull, _mostUsed, _usageEnd) = (isFull, inFlight, next);
        }

        if (IsUsed)
        {
            _usedAt = now;
        }
    }

    /// <summary>
    /// For a timeout and longer the window was not what held the sender back: what was true of the path once is forgotten by half (RFC 2861 §3.1,
    /// as Linux has it; RFC 7661 goes on from there).
    /// </summary>
    public void OnApplicationLimited(int initial, int rto, int threshold, Instant now)
    {
        if (now.MicrosecondsSince(_usedAt) < rto)
        {
            return;
        }

        int used = Math.Max(_mostUsed, initial);
        if (used < Octets)
        {
            (Threshold, Octets) = (threshold, WholeSegments((Octets + used) / 2));
        }

        _usedAt = now;
    }

    /// <summary>After so long a silence it is halved for each timeout, down to the initial one (RFC 5681 §4.1, RFC 2861 as Linux has it).</summary>
    public void OnIdle(int initial, int rto, long silence, int threshold, Instant now)
    {
        int floor = Math.Min(initial, Octets), window = Octets;
        Threshold = threshold;
        for (; window > floor && silence > 0; silence -= rto)
        {
            window /= 2;
        }

        Octets = Math.Max(WholeSegments(window), floor);
        (_credit, _usedAt) = (0, now);
    }

    /// <summary>As many segments of a smaller size (RFC 1191 §6.4: a smaller path is no congestion, and no more room either).</summary>
    public void Resize(int segmentSize)
    {
        if (segmentSize < SegmentSize)
        {
            Octets = Math.Max(Octets / SegmentSize, 1) * segmentSize;
            Threshold = Threshold == NoThreshold ? Threshold : Math.Max(Threshold / SegmentSize, 2) * segmentSize;
        }

        SegmentSize = segmentSize;
    }

    /// <summary>RFC 5681 §3.1, with octets counted (RFC 3465) and no limit for an ACK of many segments, as Linux does. What is left is for avoidance.</summary>
    public int SlowStart(int octets)
    {
        if (!IsInSlowStart)
        {
            return octets;
        }

        _credit += octets;
        int grown = Math.Min(_credit / SegmentSize * SegmentSize, Threshold - Octets);
        _credit = Math.Min(_credit - grown, SegmentSize);
        Octets = Math.Min(Octets + grown, Largest);
        int left = IsInSlowStart ? 0 : Math.Max(octets - grown, 0);
        if (!IsInSlowStart)
        {
            _credit = 0;
        }

        return left;
    }

    /// <summary>One segment for every <paramref name="octetsEach"/> octets acknowledged.</summary>
    public void Grow(int octets, int octetsEach)
    {
        if (_credit >= octetsEach)
        {
            // Earned when the window grew more slowly: no more than one segment for it.
            _credit = 0;
            Octets = Math.Min(Octets + SegmentSize, Largest);
        }

        _credit += octets;
        if (_credit >= octetsEach)
        {
            int segments = _credit / octetsEach;
            _credit -= segments * octetsEach;
            Octets = (int)Math.Min(Octets + ((long)segments * SegmentSize), Largest);
        }
    }

    public void ForgetCredit() => _credit = 0;

    private readonly int WholeSegments(int octets) => Math.Max(octets - (octets % SegmentSize), SegmentSize);
}
