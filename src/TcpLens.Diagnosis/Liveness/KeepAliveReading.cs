using TcpLens.Observation;

namespace TcpLens.Diagnosis;

public enum KeepAliveState : byte
{
    /// <summary>Another timer hides it: data is not acknowledged, or the peer's window is closed.</summary>
    Unknown,
    Off,
    On,
}

/// <summary>
/// Whether a connection would notice that its peer is gone, and when. Exact where the socket was asked; otherwise inferred from the
/// one timer that sock_diag shows (inet_sk_diag_fill in net/ipv4/inet_diag.c: retransmission and window probes hide keep-alive,
/// keep-alive hides the delayed acknowledgment).
/// </summary>
/// <param name="State">On, off, or hidden.</param>
/// <param name="Silence">Since the peer was last heard (data or acknowledgment), which is what keep-alive measures; null when not known.</param>
/// <param name="Options">The socket's own options; null when it was not asked.</param>
public sealed record KeepAliveReading(KeepAliveState State, TimeSpan? Silence, KeepAliveOptions? Options)
{
    /// <summary>True when the socket itself said so.</summary>
    public bool IsExact => Options is not null;

    /// <summary>
    /// Silence before the first probe. Inferred it is a lower bound: the timer is not moved by traffic, only set anew when it fires.
    /// Null when keep-alive is off or hidden, or already probing.
    /// </summary>
    public TimeSpan? FirstProbeAfter { get; private init; }

    /// <summary>Time to the next probe if the peer stays silent; null when none is due.</summary>
    public TimeSpan? NextProbe { get; private init; }

    /// <summary>From the last sign of the peer to the end of the connection (ETIMEDOUT); null when it never ends, or is not known.</summary>
    public TimeSpan? NoticedAfter { get; private init; }

    /// <param name="entry">The socket.</param>
    /// <param name="silence">Since the peer was last heard.</param>
    /// <param name="options">What the socket said; null when it was not asked.</param>
    public static KeepAliveReading Of(in SocketEntry entry, TimeSpan? silence, KeepAliveOptions? options)
    {
        KeepAliveState state = options is { } asked ? asked.IsOn ? KeepAliveState.On : KeepAliveState.Off : StateByTimer(entry.Timer);
        TimeSpan? timer = entry.Timer == SocketTimer.KeepAlive ? TimeSpan.FromMilliseconds(entry.TimerMilliseconds) : null;
        bool isProbing = timer is not null && entry.TimerRetransmits > 0;
        var reading = new KeepAliveReading(state, silence, options);
        if (state != KeepAliveState.On)
        {
            return reading;
        }

        TimeSpan? first = options is { } known ? TimeSpan.FromSeconds(known.IdleSeconds) : isProbing ? null : timer + silence;
        return reading with
        {
            FirstProbeAfter = first,
            NextProbe = timer is null || isProbing || first - silence is not { } left ? timer : left > TimeSpan.Zero ? left : TimeSpan.Zero,
            NoticedAfter = options is { } exact ? NoticedAfterOf(exact) : null,
        };
    }

    /// <summary>
    /// tcp_keepalive_timer in net/ipv4/tcp_timer.c: without a user timeout the connection ends one interval after the last of the
    /// probes; with one, at the first tick after it on which a probe is already out, however many those are.
    /// </summary>
    public static TimeSpan NoticedAfterOf(KeepAliveOptions options)
    {
        long ticks = options.Probes;
        if (options.UserTimeoutMilliseconds > 0)
        {
            long beyond = options.UserTimeoutMilliseconds - (options.IdleSeconds * 1000L);
            long interval = Math.Max(1, options.IntervalSeconds) * 1000L;
            ticks = Math.Max(1, (beyond + interval - 1) / interval);
        }

        return TimeSpan.FromSeconds(options.IdleSeconds + (options.IntervalSeconds * ticks));
    }

    private static KeepAliveState StateByTimer(SocketTimer timer) => timer switch
    {
        SocketTimer.KeepAlive => KeepAliveState.On,
        SocketTimer.Off or SocketTimer.DelayedAck => KeepAliveState.Off,
        _ => KeepAliveState.Unknown,
    };
}
