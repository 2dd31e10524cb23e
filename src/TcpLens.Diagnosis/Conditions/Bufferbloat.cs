using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// A queue on the path holds more than it should: the round trip of busy connections is many times their shortest one, and nothing is
/// lost (RFC 8289 §3).
/// </summary>
internal sealed class Bufferbloat : Condition
{
    private const int Times = 4;
    private const int FlowsMin = 2;

    private static readonly TimeSpan Inflated = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Bloated = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Application, "TCP_NOTSENT_LOWAT, so that what is urgent does not stand behind what the program queued itself", "a little more work for the program"),
        new(RemedyKind.Network, "at the bottleneck: fq_codel or cake, and a rate just below that of the link", "a few per cent of the rate"),
    ];

    public override ConditionInfo Info { get; } = new(
        "bufferbloat",
        "A long queue on the path delays everything",
        "whoever shares the link waits as long: calls, games, every new connection");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        Tally<HostAddress> remotes = new();
        Tally<ProcessRef> processes = new(ByPid.Comparer);
        TcpVitals worst = default;
        long queuedHere = 0;
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            ref readonly TcpVitals vitals = ref socket.VitalsInPlace;
            if (socket.Entry.SendQueue == 0 || socket.Entry.State is not (TcpState.Established or TcpState.CloseWait)
                || !IsInflated(in vitals) || facts.IsHere(socket.Entry.Remote.Address) || !WasBusy(facts, in socket, in vitals))
            {
                continue;
            }

            remotes.Add(socket.Entry.Remote.Address);
            queuedHere += socket.Memory?.SendAllocated ?? 0;
            worst = Delay(in vitals) > Delay(in worst) ? vitals : worst;
            if (socket.Process is { } process)
            {
                processes.Add(process);
            }
        }

        bool isLong = worst.BusyMicroseconds > facts.Patience(Long).TotalMicroseconds;
        if (remotes.Total >= FlowsMin || isLong)
        {
            verdict.Add(Find(facts, remotes, processes, worst, queuedHere));
        }
    }

    private static TimeSpan Delay(in TcpVitals vitals) => TimeSpan.FromMicroseconds((double)vitals.RttMicroseconds - (vitals.MinRttMicroseconds ?? vitals.RttMicroseconds));

    private static bool IsInflated(in TcpVitals vitals)
        => vitals is { Backoff: 0, MinRttMicroseconds: > 0 and { } least } && vitals.RttMicroseconds > (ulong)least * Times && Delay(in vitals) > Inflated;

    /// <summary>Sending at both moments, delayed at both, and without retransmissions between: a queue, and not a spike or a loss.</summary>
    private static bool WasBusy(CaseFile facts, in SocketRecord socket, in TcpVitals vitals)
        => facts.TryEarlier(in socket, out SocketRecord earlier) && earlier.Vitals is { } before
            && IsInflated(in before)
            && before.BytesAcked < vitals.BytesAcked
            && (vitals.BytesRetransmitted ?? 0) - (before.BytesRetransmitted ?? 0) <= ((vitals.BytesSent ?? 0) - (before.BytesSent ?? 0)) / 100;

    private Finding Find(CaseFile facts, Tally<HostAddress> remotes, Tally<ProcessRef> processes, TcpVitals worst, long queuedHere)
    {
        TimeSpan delay = Delay(in worst);
        double least = (worst.MinRttMicroseconds ?? 0) / 1000.0;
        List<Fact> evidence =
        [
            new($"{Words.Of(remotes.Total, "busy connection")} with a round trip above {Times} times the shortest and {Words.Age(Inflated)} more, in both samples; almost nothing was sent again", "tcp_info rtt, min_rtt, bytes_retrans") { Value = remotes.Total },
            new($"the worst: {worst.RttMicroseconds / 1000.0:0} ms where {least:0.#} ms is possible, with {Words.Octets((double)worst.UnackedSegments * worst.SendMssBytes)} under way", "tcp_info rtt, min_rtt, unacked") { Value = delay.TotalMilliseconds },
            new($"{Words.Octets(queuedHere)} of it in queues of this host, below TCP", "sock_diag skmem") { Value = queuedHere },
        ];
        if (facts.Moved("IpExt.InCEPkts") > 0)
        {
            evidence.Add(facts.CounterFact("IpExt.InCEPkts"));
        }

        return new Finding
        {
            Condition = Info,
            Severity = delay > Bloated ? Severity.Warning : Severity.Notice,
            Reason = $"{Words.Age(delay)} more than the shortest round trip; a notice above {Words.Age(Inflated)}, a warning above {Words.Age(Bloated)}",
            Summary = $"a queue delays {Words.Of(remotes.Total, "busy connection")} by up to {Words.Age(delay)}",
            Evidence = evidence,
            Culprits =
            [
                .. remotes.Culprits(),
                .. processes.Largest().Select(pair => facts.CulpritOf(pair.Key, Words.Of(pair.Value, "connection"))),
            ],
            Remedies =
            [
                .. Cure,
                .. SettingRemedy.Of(facts, "net.core.default_qdisc", "fq", "pace what this host sends, for devices that come up from now on, best together with BBR", "none"),
            ],
            Avoid =
            [
                new("longer queues (txqueuelen, net.core.netdev_max_backlog, larger tcp_wmem)", "the queue is the trouble: it only gets longer"),
            ],
            Confidence = Confidence.Likely,
            ConfirmBy = "ping the same host with and without the transfer: only with it the answers take as long",
        };
    }
}
