using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// After a pause longer than the timeout the congestion window falls back to its initial size (RFC 5681 §4.1; net/ipv4/tcp_output.c,
/// tcp_cwnd_restart), and a burst takes several round trips more. tcp_info shows the old window until the burst begins; a restart is
/// seen by a small window far below a threshold that no loss has lowered.
/// </summary>
internal sealed class SlowStartAfterIdle : Condition
{
    private const string Setting = "net.ipv4.tcp_slow_start_after_idle";
    private const int ManyMin = 10;
    private const int RestartsMin = 3;
    private const uint LargeWindow = 20;
    private const uint FarRttMicroseconds = 20_000;
    private const uint NoThreshold = 0x7fff_ffff;

    public override ConditionInfo Info { get; } = new(
        "slow-start-after-idle",
        "Bursts after a pause start slowly",
        "each burst takes several round trips more than it need");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (facts.Settings.Number(Setting) is not 1)
        {
            return;
        }

        ConnectionGroups prone = new();
        Dictionary<ConnectionGroup, int> restarts = [];
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            ref readonly TcpVitals vitals = ref socket.VitalsInPlace;
            if (socket.Entry.State is TcpState.Established or TcpState.CloseWait && vitals.RttMicroseconds > FarRttMicroseconds
                && socket.CongestionControl is { } control && !PacesItself(control) && !facts.IsHere(socket.Entry.Remote.Address))
            {
                bool isRestarted = IsRestarted(facts, in socket, in vitals);
                if (isRestarted || IsProne(in vitals))
                {
                    ConnectionGroup group = prone.ByProcess(in socket);
                    group.Add(in socket, TimeSpan.FromMicroseconds(vitals.RttMicroseconds));
                    restarts[group] = restarts.GetValueOrDefault(group) + (isRestarted ? 1 : 0);
                }
            }
        }

        foreach (ConnectionGroup group in prone.Largest.Where(static group => group.Count >= ManyMin))
        {
            verdict.Add(Find(facts, group, restarts[group]));
        }
    }

    /// <summary>Congestion controls with a model of their own do not take part (struct tcp_congestion_ops, cong_control).</summary>
    private static bool PacesItself(string control) => control.StartsWith("bbr", StringComparison.Ordinal);

    private static bool IsProne(in TcpVitals vitals)
        => vitals.CongestionWindowSegments > LargeWindow
            && vitals.LastDataSentMilliseconds * 1000ul > vitals.RetransmissionTimeoutMicroseconds;

    /// <summary>The window shrank between the samples and nothing was retransmitted; or it is far below a threshold it once reached.</summary>
    private static bool IsRestarted(CaseFile facts, in SocketRecord socket, in TcpVitals vitals)
    {
        if (vitals.CongestionWindowSegments > LargeWindow || vitals.Backoff > 0 || vitals.CongestionState != 0)
        {
            return false;
        }

        return vitals.BytesSent > 0 && facts.TryEarlier(in socket, out SocketRecord earlier) && earlier.Vitals is { } before
            && before.BytesSent < vitals.BytesSent
            && before.TotalRetransmittedSegments == vitals.TotalRetransmittedSegments
            && (before.CongestionWindowSegments > 2 * vitals.CongestionWindowSegments
                || (vitals.SlowStartThresholdSegments is not NoThreshold && vitals.SlowStartThresholdSegments > 4 * vitals.CongestionWindowSegments));
    }

    private Finding Find(CaseFile facts, ConnectionGroup group, int restarted)
    {
        bool isNotice = restarted >= RestartsMin;
        return new Finding
        {
            Condition = Info,
            Subject = group.Name,
            Severity = isNotice ? Severity.Notice : Severity.Info,
            Reason = isNotice
                ? $"{group.Count:N0} connections, and {restarted:N0} of them were seen to start again; a notice from {ManyMin} and {RestartsMin}"
                : $"{Words.Of(restarted, "restart")} seen; a notice from {RestartsMin}",
            Summary = $"{group.Name} sends in bursts on {group.Count:N0} connections whose congestion window falls back after each pause",
            Evidence =
            [
                new($"{group.Count:N0} connections with round trips of up to {Words.Age(group.Longest)}: idle for longer than their timeout with a window above {LargeWindow} segments, or started again", "tcp_info cwnd, ssthresh, rto, last_data_sent") { Value = group.Count },
                new($"{restarted:N0} with a window of at most {LargeWindow} segments where it was several times as large, without a loss", "tcp_info cwnd, ssthresh, total_retrans") { Value = restarted },
                facts.SettingFact(Setting),
            ],
            Culprits = [.. group.Culprits(facts)],
            Remedies =
            [
                .. SettingRemedy.Of(facts, Setting, "0", "keep the window over pauses, on servers with long-lived connections inside one's own networks", "a burst into a path that became narrow meanwhile loses segments"),
                new(RemedyKind.Application, "BBR (TCP_CONGESTION or net.ipv4.tcp_congestion_control), which keeps its model of the path over a pause", "it takes its share of a link in another way than CUBIC: try it"),
            ],
            Avoid =
            [
                new("an initial window of 100 (ip route … initcwnd 100)", "it bursts into every new path, the slow ones too, and does nothing for what a pause takes beyond it"),
            ],
            Confidence = isNotice ? Confidence.Likely : Confidence.Maybe,
            ConfirmBy = "watch one connection over a burst: ss -ti shows cwnd fall to 10 when it begins",
        };
    }
}
