namespace TcpLens.Diagnosis;

/// <summary>
/// Handshakes that do not finish fill a listener's queue (net/ipv4/inet_connection_sock.c, reqsk_timer_handler). What is normal
/// follows from the rate and the round trip; what is full follows from the backlog.
/// </summary>
internal sealed class SynRecvPileup : Condition
{
    private const int EnoughMin = 8;
    private const double Half = 0.5;
    private const double Full = 0.9;
    private const string Retries = "net.ipv4.tcp_synack_retries";

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Network, "see whether the SYN-ACKs reach their senders: routes back, NAT, firewalls that know only one direction", "none"),
        new(RemedyKind.Application, "stop health checks that send a SYN and nothing more", "none"),
    ];

    public override ConditionInfo Info { get; } = new(
        "syn-recv-pileup",
        "Half-open connections fill a listener's queue",
        "places in the queue are lost; a sign of a flood or of a broken way back")
    {
        ExplainedBy = ["accept-queue-overflow", "syn-flood"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        foreach (HalfOpenQueue queue in HalfOpenQueue.Of(facts))
        {
            if (queue.Waiting >= EnoughMin && queue.Share >= Half)
            {
                bool isFull = queue.Share >= Full;
                verdict.Add(Find(facts, queue, isFull ? Severity.Warning : Severity.Notice, $"{queue.Waiting:N0} of {queue.Limit:N0} (backlog and one); a notice from 50 %, a warning from 90 %"));
            }
            else if (queue.Deferred >= EnoughMin && queue.Deferred >= queue.Limit * Half)
            {
                verdict.Add(Find(facts, queue, Severity.Info, "these clients have answered: the listener waits for their first data (TCP_DEFER_ACCEPT)"));
            }
        }
    }

    private Finding Find(CaseFile facts, HalfOpenQueue queue, Severity severity, string reason)
    {
        string listener = queue.Local.ToString();
        return new Finding
        {
            Condition = Info,
            Subject = listener,
            Severity = severity,
            Reason = reason,
            Summary = severity == Severity.Info
                ? $"{listener} keeps {Words.Of(queue.Deferred, "connection")} that sent nothing yet"
                : $"{Words.Of(queue.Waiting, "handshake")} at {listener} do not finish: {Kind(queue)}",
            Evidence =
            [
                new($"{queue.Count:N0} in SYN_RECV at {listener}, limit {queue.Limit:N0}", "sock_diag, SYN_RECV rows and Send-Q of the listener") { Value = queue.Count },
                new($"{queue.Repeated:N0} whose SYN-ACK was repeated (at most {queue.MostRepeats} times), {queue.Deferred:N0} that answered and wait for data", "sock_diag, idiag_retrans, idiag_expires") { Value = queue.Repeated },
                new($"{Words.Of(queue.Remotes.Distinct, "different source")}", "sock_diag, remote addresses of the SYN_RECV rows") { Value = queue.Remotes.Distinct },
                facts.CounterFact("Tcp.PassiveOpens"),
                facts.CounterFact("TcpExt.TCPSynRetrans"),
                Deadline(facts),
            ],
            Culprits = [.. queue.Culprits(facts), .. queue.Remotes.Culprits(CulpritKind.Remote, static address => address.ToString())],
            Remedies =
            [
                .. Cure,
                .. SettingRemedy.Of(facts, Retries, "3", "under attack only: forget half-open connections after 15 s", "clients on bad paths fail sooner"),
            ],
            Avoid = [CommonMyths.MaxSynBacklog, new("\"thousands of SYN_RECV are normal\"", "normal is new connections a second times the round trip: 1,000 a second at 50 ms are 50")],
            Confidence = Confidence.Likely,
            ConfirmBy = "capture SYN-ACKs on the way out, and whether anything comes back: tcpdump 'tcp[tcpflags] & tcp-syn != 0'",
        };
    }

    private static string Kind(HalfOpenQueue queue) => queue switch
    {
        { IsAcceptQueueFull: true } => "the accept queue is full, and their last ACK is dropped",
        _ when queue.Repeated * 2 < queue.Waiting => "they come faster than their answers can arrive, for a queue of this length",
        _ when queue.Remotes.Distinct <= Culprit.Few => "their few sources do not answer the SYN-ACK, as when the way back is broken",
        _ => "their many sources do not answer the SYN-ACK: a flood with forged addresses, or a broken way back",
    };

    private static Fact Deadline(CaseFile facts)
    {
        TimerReading reading = TimerRules.Handshake(key => facts.Settings[key]);
        return new($"the kernel forgets one after about {Words.Age(reading.Duration ?? TimeSpan.Zero)}, sooner while the queue is more than half full: {reading.How}", Retries) { Value = reading.Duration?.TotalSeconds };
    }
}
