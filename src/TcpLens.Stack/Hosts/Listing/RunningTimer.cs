using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Of all that a connection waits for the one that Linux would show (net/ipv4/inet_diag.c); a delayed ACK it does not.</summary>
internal static class RunningTimer
{
    public static (HostTimer Timer, Instant At, int Retries) Of(ConnectionCore core) => core switch
    {
        { State: TcpState.TimeWait } => (HostTimer.TimeWait, core.EndsAt, 0),
        { Recovery.IsAnythingInFlight: true } => (HostTimer.Retransmit, core.Recovery.NextTimeout, core.Recovery.Timeouts),
        _ when core.Prober.DueAt != Instant.Never => (HostTimer.WindowProbe, core.Prober.DueAt, core.Prober.Unanswered),
        _ when core.EndsAt != Instant.Never => (HostTimer.KeepAlive, core.EndsAt, 0),
        _ when core.IsSynchronized && core.KeepAlive.DueAt(core.Options) is var due && due != Instant.Never
            => (HostTimer.KeepAlive, due, core.KeepAlive.Unanswered),
        _ => (HostTimer.Off, Instant.Never, 0),
    };
}
