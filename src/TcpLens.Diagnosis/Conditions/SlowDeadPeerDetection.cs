using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>
/// Data gets no acknowledgment, and the program will learn of it only when the kernel gives up after tcp_retries2 timeouts, a quarter
/// of an hour by default (net/ipv4/tcp_timer.c, retransmits_timed_out). Where many connections into one network are silent it is the
/// path, and stalled-transmission's.
/// </summary>
internal sealed class SlowDeadPeerDetection : Condition
{
    private const int ManyMin = 10;
    private const long DefaultRetries = 15;
    private const string Retries = "net.ipv4.tcp_retries2";

    private static readonly TimeSpan Silent = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(100);   // RFC 1122 §4.2.3.5: not before that

    public override ConditionInfo Info { get; } = new(
        "slow-dead-peer-detection",
        "Requests wait for a peer that does not answer any more",
        "requests hang for a quarter of an hour or more before they fail");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (facts.Stalls.IsBlind)
        {
            verdict.CannotCheck("which connections get no acknowledgment: tcp_info could not be read");
        }

        ConnectionGroups groups = new();
        foreach (Stall stall in facts.Stalls.All)
        {
            ref readonly SocketRecord socket = ref facts.Sockets[stall.Index];
            if (stall.Cause == StallCause.Unanswered && stall.For > facts.Patience(Silent)
                && socket.Vitals is { } vitals && Math.Max(vitals.Backoff, vitals.Probes) >= StallCauses.HopelessBackoff
                && facts.Stalls.UnansweredIn(socket.Entry.Remote.Address) < StalledTransmission.ConnectionsMin)
            {
                groups.ByProcess(in socket).Add(in socket, stall.For);
            }
        }

        foreach (ConnectionGroup group in groups.Largest)
        {
            verdict.Add(Find(facts, group));
        }
    }

    private Finding Find(CaseFile facts, ConnectionGroup group)
    {
        TimeSpan givesUp = GivesUpAfter(facts);
        TimeSpan left = givesUp > group.Longest ? givesUp - group.Longest : TimeSpan.Zero;
        bool aborted = facts.Moved("TcpExt.TCPAbortOnTimeout") > 0;
        TimeSpan tooLong = facts.Patience(TooLong);
        (Severity severity, string reason) = group.Longest <= tooLong && !aborted
            ? (Severity.Notice, $"silent for {Words.Age(group.Longest)}; a warning from {Words.Age(tooLong)}")
            : group.Count >= ManyMin ? (Severity.Critical, $"{group.Count:N0} connections of one process; critical from {ManyMin}")
            : (Severity.Warning, aborted ? "a connection ended by such a timeout while watched" : $"silent for more than {Words.Age(tooLong)}");
        List<Fact> evidence =
        [
            new($"{Words.Of(group.Count, "connection")} with unacknowledged data and doubling timeouts for up to {Words.Age(group.Longest)}; nothing came back", "sock_diag, tcp_info backoff, rto, last_ack_recv") { Value = group.Count },
            new($"{Words.Octets(group.Unsent)} wait in their send queues", "sock_diag, Send-Q") { Value = group.Unsent },
            new($"with {Retries} = {facts.Settings[Retries] ?? "15"} the kernel gives up after at least {Words.Age(givesUp)}, in {Words.Age(left)}", Retries) { Value = givesUp.TotalSeconds },
            facts.CounterFact("TcpExt.TCPTimeouts"),
        ];
        if (aborted)
        {
            evidence.Add(facts.CounterFact("TcpExt.TCPAbortOnTimeout"));
        }

        return new Finding
        {
            Condition = Info,
            Subject = group.Name,
            Severity = severity,
            Reason = reason,
            Summary = $"{group.Name} waits on {Words.Of(group.Count, "connection")} to {Peers(group)} that {(group.Count == 1 ? "has" : "have")} been silent for {Words.Age(group.Longest)}, and would wait {Words.Age(left)} more",
            Evidence = evidence,
            Culprits = [.. group.Culprits(facts)],
            Remedies =
            [
                LivenessAdvice.Deadline,
                LivenessAdvice.UserTimeout,
                .. SettingRemedy.Of(facts, Retries, "8", "give up after about 100 s, the least that RFC 1122 allows, on hosts inside one network", "connections through outages longer than that are lost"),
            ],
            Avoid =
            [
                new($"{Retries} = 3", "every outage of a few seconds, such as a changed route, ends every connection"),
                LivenessAdvice.KeepAliveWithDataUnderWay,
            ],
            Confidence = Confidence.Likely,
            ConfirmBy = "ask the peer by another way (a new connection, ping): if it answers, it is this one flow that a firewall or NAT on the way has forgotten",
        };
    }

    private static string Peers(ConnectionGroup group) => group.Remotes.Distinct == 1 ? group.Remotes.Largest().First().Key.ToString() : $"{group.Remotes.Distinct:N0} hosts";

    /// <summary>The kernel's model: timeouts that double from the least one, whatever the connection's own are.</summary>
    private static TimeSpan GivesUpAfter(CaseFile facts)
    {
        TimeSpan least = TimeSpan.FromMicroseconds(facts.Settings.Number("net.ipv4.tcp_rto_min_us") ?? 200_000);
        TimeSpan most = TimeSpan.FromMilliseconds(facts.Settings.Number("net.ipv4.tcp_rto_max_ms") ?? 120_000);
        return RetryTimes.Steps(least, facts.Settings.Number(Retries) ?? DefaultRetries, most).Aggregate(TimeSpan.Zero, static (sum, step) => sum + step);
    }
}
