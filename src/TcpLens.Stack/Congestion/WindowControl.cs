using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>The congestion window and what moves it: growth, reduction, and taking a reduction back.</summary>
internal struct WindowControl(CongestionControl congestion, int segmentSize)
{
    public CongestionWindow Window = new(segmentSize, segmentSize);
    public Undo Undo;
    private RateReduction _rate;

    /// <summary>The next new segment is to say CWR (RFC 3168 §6.1.2).</summary>
    public bool HasReduced { get; set; }

    /// <summary>What a threshold may be set to so that the window, though not in use, is not forgotten: three quarters of it at least (as Linux has it).</summary>
    public readonly int CurrentThreshold
        => _rate.From != 0 ? Window.Threshold : Math.Max(Window.Threshold, (Window.Octets / 2) + (Window.Octets / 4));

    public void OnRtt(int rtt, SeqNum unacknowledged, SeqNum next) => congestion.OnRtt(ref Window, rtt, unacknowledged, next);

    public readonly void OnIdleEnded(long nanoseconds) => congestion.OnIdleEnded(nanoseconds);

    /// <summary>Octets left while the window may be shrinking.</summary>
    public void OnSent(int octets) => _rate.OnSent(octets);

    /// <summary>A sign of congestion: the window goes down to the new threshold as what is in flight arrives.</summary>
    public void StartReduction(int inFlight)
    {
        _rate.Start(Window.Octets);
        Window.Threshold = congestion.Reduce(in Window, inFlight);
        Window.ForgetCredit();
        HasReduced = true;
    }

    /// <summary>The reduction is over; unless it was taken back, the window is at the threshold now.</summary>
    public void EndReduction(bool isTakenBack)
    {
        if (_rate.From != 0 && !isTakenBack)
        {
            Window.Octets = Window.Threshold;
        }

        _rate = default;
    }

    /// <summary>Recovery begins. Without a reduction before it there is something to take back.</summary>
    public void StartRecovery(in SentSegments sent, bool mayTakeBack)
    {
        bool isFirst = _rate.From == 0;
        (int window, int threshold) = (Window.Octets, isFirst && mayTakeBack ? CurrentThreshold : 0);
        if (isFirst)
        {
            StartReduction(sent.Octets);
        }

        Undo.Start(sent.Start, sent.Retransmitted, window, threshold);
    }

    /// <summary>The retransmission timer fired: one segment beyond what may still be in flight (RFC 5681 §3.1).</summary>
    /// <param name="sent">With what is lost marked.</param>
    /// <param name="isNew">It is the first for these octets: the threshold goes down once.</param>
    public void OnTimeout(in SentSegments sent, bool isNew)
    {
        if (isNew)
        {
            (int window, int threshold) = (Window.Octets, CurrentThreshold);
            Window.Threshold = congestion.Reduce(in Window, sent.Octets);
            congestion.OnTimeout();
            Undo.Start(sent.Start, sent.Retransmitted, window, threshold);
        }

        _rate = default;
        Window.Octets = sent.Pipe + Window.SegmentSize;
        Window.ForgetCredit();
        HasReduced = true;
    }

    /// <summary>The last reduction was for nothing.</summary>
    public void TakeBack()
    {
        if (Undo.Threshold != 0)
        {
            Window.Octets = Math.Max(Window.Octets, Undo.Window);
            Window.Threshold = Math.Max(Window.Threshold, Undo.Threshold);
            HasReduced = false;
            congestion.OnUndo();
        }

        Undo.End();
        _rate = default;
    }

    /// <summary>The window after an ACK.</summary>
    /// <param name="delivery">What has arrived.</param>
    /// <param name="pipe">What is in flight after it.</param>
    /// <param name="isMoreLost">It told of new losses.</param>
    /// <param name="mayGrow">Neither shrinking nor held where it is.</param>
    /// <param name="minimumRtt">Microseconds.</param>
    /// <param name="now">The time.</param>
    public void OnDelivered(in Delivery delivery, int pipe, bool isMoreLost, bool mayGrow, int minimumRtt, Instant now)
    {
        if (delivery.Octets <= 0)
        {
            return;
        }

        if (_rate.From != 0)
        {
            Window.Octets = _rate.Window(pipe, Window.Threshold, delivery.Octets, delivery.Advances && !isMoreLost, Window.SegmentSize);
        }
        else if (mayGrow && Window.IsUsed)
        {
            congestion.OnDelivered(ref Window, delivery.Octets, minimumRtt, now);
        }
    }

    /// <summary>Recovery begins by a timer: what may leave at once, though no ACK came (RFC 8985 §6.2 step 5).</summary>
    public void OnReorderTimeout(int pipe)
        => Window.Octets = _rate.Window(pipe, Window.Threshold, Window.SegmentSize, false, Window.SegmentSize);
}
