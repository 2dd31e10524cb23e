using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// The peer's window is closed: its kernel answers every probe, and its program does not read. Such a connection never times out by
/// itself (RFC 9293 §3.8.6.1; net/ipv4/tcp_timer.c, tcp_probe_timer).
/// </summary>
internal sealed class ZeroWindowPeer : Condition
{
    private const double ShareMax = 0.1;
    private const int ShareMin = 3;

    private static readonly TimeSpan Closed = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(60);

    /// <summary>What helps whatever machine it is.</summary>
    internal static IReadOnlyList<Remedy> Cure { get; } =
    [
        new(RemedyKind.Application, "a deadline for sending: end the connection when nothing was taken for so long", "slow honest clients are cut off"),
        new(RemedyKind.Application, "a limit on what is queued for one client", "the program must drop or pause what exceeds it"),
        LivenessAdvice.UserTimeout,
    ];

    public override ConditionInfo Info { get; } = new(
        "zero-window-peer",
        "Peers do not read what is sent to them",
        "our memory and threads are held for as long as the peer likes")
    {
        ExplainedBy = ["stalled-reader"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        List<int> closed = [];
        ConnectionGroups groups = new();
        foreach (Stall stall in facts.Stalls.All)
        {
            if (stall.Cause == StallCause.WindowClosed && stall.For > facts.Patience(Closed))
            {
                ref readonly SocketRecord socket = ref facts.Sockets[stall.Index];
                SocketEntry entry = socket.Entry;
                groups.ByServer(in socket, facts.ListenerOf(in entry)).Add(in socket, stall.For);
                closed.Add(stall.Index);
            }
        }

        Dictionary<int, ProcessRef?> readers = closed.Count > 0 ? OtherEnds.Of(facts, closed) : [];
        foreach (ConnectionGroup group in groups.Largest)
        {
            verdict.Add(Find(facts, group, readers));
        }
    }

    private Finding Find(CaseFile facts, ConnectionGroup group, Dictionary<int, ProcessRef?> readers)
    {
        int served = Served(facts, group);
        double share = (double)group.Count / Math.Max(served, group.Count);
        TimeSpan tooLong = facts.Patience(TooLong);
        (Severity severity, string reason) = group.Longest > tooLong
            ? (Severity.Warning, $"closed for more than {Words.Age(tooLong)}")
            : group.Listener is not null && group.Count >= ShareMin && share >= ShareMax
            ? (Severity.Warning, $"{share:P0} of the {served:N0} connections of {group.Name}; a warning from {ShareMax:P0}")
            : (Severity.Notice, $"closed for more than {Words.Age(facts.Patience(Closed))}; a warning from {Words.Age(tooLong)}");
        List<Fact> evidence =
        [
            new($"{Words.Of(group.Count, "connection")} with the probe timer running and the window closed for up to {Words.Age(group.Longest)}; the probes are answered", "sock_diag, timer; tcp_info snd_wnd, probes, last_ack_recv") { Value = group.Count },
            new($"{Words.Octets(group.Unsent)} of our memory hold what they do not take", "sock_diag, Send-Q") { Value = group.Unsent },
            facts.CounterFact("TcpExt.TCPWinProbe"),
        ];
        if (facts.Settings.Number("net.ipv4.tcp_mem", 1) is { } pages)
        {
            double limit = (double)pages * facts.Settings.PageSizeBytes;
            evidence.Add(new($"that is {group.Unsent / limit:P1} of what TCP may use on this host before it is short of memory ({Words.Octets(limit)})", "net.ipv4.tcp_mem") { Value = limit });
        }

        return new Finding
        {
            Condition = Info,
            Subject = group.Name,
            Severity = severity,
            Reason = reason,
            Summary = $"{Words.Of(group.Count, "peer")} of {(group.Listener is null ? group.Name : $"{group.Name} ({CaseFile.NameOf(group.Process)})")} {(group.Count == 1 ? "does" : "do")} not read: the window is closed for up to {Words.Age(group.Longest)}, and {Words.Octets(group.Unsent)} wait here",
            Evidence = evidence,
            Culprits = [.. group.Culprits(facts), .. ReadersHere(facts, readers)],
            Remedies =
            [
                .. Cure,
                new(RemedyKind.Command, "end them without the program", "the program sees ECONNABORTED") { Command = group.Process is { } process ? $"tcplens kill 'timer persist pid {process.Pid}'" : null },
            ],
            Avoid =
            [
                new("keep-alive", "it does not run while data waits, and the peer's kernel would answer it anyway"),
                new("larger send buffers (net.ipv4.tcp_wmem)", "they only hold more for somebody who reads nothing"),
            ],
        };
    }

    /// <summary>Where the peer is on this host, the program that does not read is known.</summary>
    private static IEnumerable<Culprit> ReadersHere(CaseFile facts, Dictionary<int, ProcessRef?> readers)
        => readers.Values.OfType<ProcessRef>().DistinctBy(static reader => reader.Pid).Take(Culprit.Few).Select(reader => facts.CulpritOf(reader, "does not read"));

    private static int Served(CaseFile facts, ConnectionGroup group)
    {
        int count = 0;
        if (group.Listener is { } listener)
        {
            foreach (ref readonly SocketRecord socket in facts.Sockets)
            {
                SocketEntry entry = socket.Entry;
                count += entry.State is TcpState.Established or TcpState.CloseWait && entry.Local.Port == listener.Local.Port && facts.ListenerOf(in entry) == listener ? 1 : 0;
            }
        }

        return count;
    }
}
