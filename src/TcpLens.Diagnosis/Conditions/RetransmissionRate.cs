using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Segments get lost: of what was sent, too much had to be sent again, and the receivers did not say that they had it already. The
/// base is data sent for the first time; Tcp.OutSegs would count acknowledgments too.
/// </summary>
internal sealed class RetransmissionRate : Condition
{
    private const long OriginalMin = 1000;
    private const double Noticed = 0.005;
    private const double NoticedNearby = 0.001;
    private const double Felt = 0.02;
    private const double Unusable = 0.1;
    private const uint NearbyMicroseconds = 1000;

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Network, "find the place: one remote means its path, all remotes mean this host's link; look at errors and drops of the interface and at the switch port", "none") { Command = "ip -s -s link" },
        new(RemedyKind.Network, "where a policer drops bursts: pace what is sent (qdisc fq), or shape to the policed rate", "a per cent or two of the rate"),
        new(RemedyKind.Application, "over lossy long paths: BBR, which does not take each loss for congestion", "BBR takes more of a shared link than its neighbours may like"),
    ];

    public override ConditionInfo Info { get; } = new(
        "retransmission-rate",
        "Segments get lost on the way",
        "answers come late, and transfers are slow")
    {
        ExplainedBy = ["local-drop", "conntrack-full"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        RecoveryLedger ledger = facts.Recoveries;
        long lost = ledger.Retransmitted - ledger.Needless;
        if (ledger.Original < OriginalMin || lost < RecoveryLedger.EventsMin || ledger.Needless > lost)
        {
            return;   // Mostly needless: delay, reordering or duplication, which have conditions of their own.
        }

        double share = (double)lost / ledger.Original;
        bool isNear = share > NoticedNearby && IsNearby(facts);
        if (share > Noticed || isNear)
        {
            verdict.Add(Find(facts, ledger, share, isNear ? NoticedNearby : Noticed));
        }
    }

    /// <summary>Every connection that lost something has a peer within a millisecond: a network of one's own, where nothing should be lost.</summary>
    private static bool IsNearby(CaseFile facts)
    {
        bool isAny = false;
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Vitals is { TotalRetransmittedSegments: > 0 } vitals && facts.TryEarlier(in socket, out SocketRecord earlier)
                && earlier.Vitals?.TotalRetransmittedSegments < vitals.TotalRetransmittedSegments)
            {
                if (!(vitals.MinRttMicroseconds < NearbyMicroseconds))
                {
                    return false;
                }

                isAny = true;
            }
        }

        return isAny;
    }

    private Finding Find(CaseFile facts, RecoveryLedger ledger, double share, double notice)
    {
        Tally<HostAddress> remotes = Growth.ByRemote(facts, static (in TcpVitals vitals) => vitals.TotalRetransmittedSegments);
        (Severity severity, string next) = share > Unusable ? (Severity.Critical, $"critical above {Unusable:P0}")
            : share > Felt ? (Severity.Warning, $"a warning above {Felt:P0}")
            : (Severity.Notice, notice < Noticed ? $"a notice above {notice:P1} where every peer is within a millisecond" : $"a notice above {notice:P1}");
        return new Finding
        {
            Condition = Info,
            Severity = severity,
            Reason = $"{share:P1} of the data segments; {next}",
            Summary = $"{share:P1} of the data segments sent in {facts.Seconds:0.0} s were lost and sent again",
            Evidence =
            [
                new($"{Words.Of(ledger.Original, "data segment")} sent, {ledger.Retransmitted:N0} of them again, in {facts.Seconds:0.0} s", "TcpExt.TCPOrigDataSent, Tcp.RetransSegs − TcpExt.TCPSynRetrans") { Value = ledger.Retransmitted, PerSecond = ledger.Retransmitted / facts.Seconds },
                new($"{ledger.Needless:N0} of the repeats had arrived already (D-SACK): {(double)ledger.Needless / ledger.Retransmitted:P0}, the rest was lost", "TcpExt.TCPDSACKRecv") { Value = ledger.Needless },
                facts.CounterFact("TcpExt.TCPFastRetrans"),
                facts.CounterFact("TcpExt.TCPTimeouts"),
                .. Interfaces(facts),
            ],
            Culprits = [.. remotes.Culprits()],
            Remedies = Cure,
            Avoid =
            [
                new("net.ipv4.tcp_sack = 0 or tcp_timestamps = 0", "recovery gets slower, and nothing is lost less"),
                new("a larger net.ipv4.tcp_reordering", "it makes real losses wait longer; Linux learns reordering by itself"),
            ],
        };
    }

    /// <summary>Interfaces and the host's packet queues, where they dropped something meanwhile.</summary>
    private static IEnumerable<Fact> Interfaces(CaseFile facts)
        => facts.Seen.Interfaces.SelectMany(static link => (string[])[$"device {link.Name}.rx_errors", $"device {link.Name}.rx_dropped", $"device {link.Name}.tx_errors", $"device {link.Name}.tx_dropped"])
            .Append("softnet.dropped")
            .Where(counter => facts.Moved(counter) > 0)
            .Select(facts.CounterFact);
}
