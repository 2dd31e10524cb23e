using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Keep-alives (RFC 9293 §3.8.4): probes after a silence, only when nothing is in flight (MUST-26), and one without an answer proves
/// nothing (MUST-29).
/// </summary>
internal struct KeepAlive
{
    private Instant _probedAt;

    /// <summary>When the last acceptable segment came.</summary>
    public Instant HeardAt { get; private set; }

    public int Unanswered { get; private set; }

    /// <summary>A probe is to be sent now.</summary>
    public bool IsDue { get; private set; }

    public void OnHeard(Instant now)
    {
        HeardAt = now;
        Unanswered = 0;
        IsDue = false;
    }

    public readonly Instant DueAt(ConnectionOptions options)
        => !options.KeepAlive || IsDue ? Instant.Never
        : Unanswered == 0 ? HeardAt + options.KeepAliveIdle
        : _probedAt + options.KeepAliveInterval;

    /// <summary>The time is over. False when the peer is to be given up.</summary>
    public bool OnTimeout(ConnectionOptions options)
    {
        bool isOver = Unanswered >= options.KeepAliveProbes;
        IsDue = !isOver;
        return !isOver;
    }

    public void OnSent(Instant now)
    {
        IsDue = false;
        Unanswered++;
        _probedAt = now;
    }
}
