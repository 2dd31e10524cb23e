using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// The persist timer: a window that stays closed is probed, first after one RTO, then ever more rarely (RFC 9293 §3.8.6.1, SHLD-29 and 30).
/// As long as probes are answered it goes on (MUST-37).
/// </summary>
internal struct WindowProber
{
    private int _backoff;

    public Instant DueAt { get; private set; }

    /// <summary>A probe is to be sent now.</summary>
    public bool IsDue { get; private set; }

    /// <summary>Probes in a row that nobody answered.</summary>
    public int Unanswered { get; private set; }

    /// <summary>When the first of them left; Never when all were answered.</summary>
    public Instant UnansweredSince { get; private set; }

    public Instant SentAt { get; private set; }

    /// <summary>Octets of new data that the last probe carried and that may be acknowledged; 0 or 1.</summary>
    public int Outstanding { get; private set; }

    public void Start() => DueAt = UnansweredSince = Instant.Never;

    /// <summary>The window holds data back and nothing in flight will bring an ACK.</summary>
    public void Arm(TimeSpan rto, TimeSpan longest, Instant now)
    {
        if (DueAt == Instant.Never && !IsDue)
        {
            TimeSpan wait = rto * (1L << Math.Min(_backoff, 20));
            DueAt = now + (wait < longest ? wait : longest);
        }
    }

    public void Disarm()
    {
        DueAt = Instant.Never;
        IsDue = false;
        _backoff = 0;
        OnAnswer();
    }

    public void OnTimeout(Instant now)
    {
        if (now >= DueAt)
        {
            DueAt = Instant.Never;
            IsDue = true;
        }
    }

    public void OnSent(int newOctets, Instant now)
    {
        SentAt = now;
        UnansweredSince = Unanswered == 0 ? now : UnansweredSince;
        IsDue = false;
        _backoff++;
        Unanswered++;
        Outstanding = newOctets;
    }

    /// <summary>Any acceptable ACK is an answer.</summary>
    public void OnAnswer()
    {
        Unanswered = 0;
        UnansweredSince = Instant.Never;
    }

    /// <summary>What it carried counts as sent now: the peer acknowledged it, or it was sent again with what follows it.</summary>
    public void OnTaken() => Outstanding = 0;
}
