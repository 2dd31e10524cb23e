using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Many connections in TIME_WAIT: the normal trace of connections that this side closes, kept for 60 s (TCP_TIMEWAIT_LEN) as 256
/// octets each (net/ipv4/tcp_minisocks.c). It is told because it looks alarming; what can hurt, ports and buckets, has conditions
/// of its own.
/// </summary>
internal sealed class TimeWaitVolume : Condition
{
    private const int ManyMin = 1000;
    private const int FewMin = 20;
    private const int OctetsEach = 256;
    private const double Half = 0.5;
    private const string Limit = "net.ipv4.tcp_max_tw_buckets";

    public override ConditionInfo Info { get; } = new(
        "time-wait-volume",
        "Many connections are in TIME_WAIT",
        "none by itself: 256 octets each for 60 s");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        int waiting = 0, finWait2 = 0;
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.Kind == SocketKind.TimeWait)
            {
                waiting += socket.Entry.State == TcpState.TimeWait ? 1 : 0;
                finWait2 += socket.Entry.State == TcpState.FinWait2 ? 1 : 0;
            }
        }

        double share = facts.Settings.Number(Limit) is > 0 and var limit ? (double)(waiting + finWait2) / limit : 0;

        // From 90 % on, and once something was thrown away, time-wait-bucket-overflow has the word.
        bool isHalf = share is > Half and < TimeWaitBucketOverflow.Near && waiting >= FewMin && facts.Moved(TimeWaitBucketOverflow.Counter) is null or 0;
        if (isHalf || waiting >= ManyMin)
        {
            verdict.Add(Find(facts, waiting, finWait2, share, isHalf));
        }
    }

    private Finding Find(CaseFile facts, int waiting, int finWait2, double share, bool isHalf)
    {
        (int opened, Tally<HostAddress> remotes) = Closed(facts);
        IReadOnlyList<PortUse> busiest = facts.Ports?.Busiest(Culprit.Few) ?? [];
        List<Fact> evidence =
        [
            new($"{waiting:N0} in TIME_WAIT, {Words.Octets((double)waiting * OctetsEach)} of memory; {finWait2:N0} more in FIN_WAIT_2 without an owner, which count to the same limit", "sock_diag") { Value = waiting },
            new($"about {waiting / 60.0:N0} connections a second closed by this side: {opened:N0} that it opened, {waiting - opened:N0} that it accepted", "sock_diag, local ports inside ip_local_port_range"),
        ];
        if (share > 0)
        {
            evidence.Add(new($"{share:P0} of {Limit} = {facts.Settings[Limit]}", Limit) { Value = share });
        }

        if (busiest is [var first, ..] && facts.Ports is { Usable: > 0 } ports)
        {
            evidence.Add(new($"the destination with most of them, {first.Destination}, has {first.Used:N0} of {ports.Usable:N0} local ports", "sock_diag, net.ipv4.ip_local_port_range") { Value = first.Used });
        }

        return new Finding
        {
            Condition = Info,
            Severity = isHalf ? Severity.Notice : Severity.Info,
            Reason = isHalf ? $"{share:P0} of {facts.Settings[Limit]} buckets; a notice from 50 %" : "a count alone is no fault; ports and buckets are judged on their own",
            Summary = $"{waiting:N0} connections are in TIME_WAIT, {(opened * 2 > waiting ? "most of them opened and closed by this host" : "most of them accepted here and closed by this side")}",
            Evidence = evidence,
            Culprits =
            [
                .. busiest.Where(static use => use.Used >= FewMin).Select(static use => new Culprit(CulpritKind.Destination, use.Destination.ToString(), Words.Of(use.Used, "local port"))),
                .. remotes.Culprits(CulpritKind.Remote, static address => address.ToString()),
            ],
            Remedies =
            [
                new(RemedyKind.Application, "nothing, as long as ports and buckets last", "none"),
                new(RemedyKind.Application, "keep connections and use them again (HTTP keep-alive, a pool, one HttpClient for the whole program)", "idle connections need a time limit"),
                new(RemedyKind.Application, "let clients close first where the protocol allows it: TIME_WAIT is kept by whoever closes first", "clients that never close"),
            ],
            Avoid = [CommonMyths.TwRecycle, CommonMyths.FinTimeoutForTimeWait, CommonMyths.FewerBuckets, CommonMyths.LingerZero],
        };
    }

    private static (int Opened, Tally<HostAddress> Remotes) Closed(CaseFile facts)
    {
        int opened = 0;
        Tally<HostAddress> remotes = new();
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry is { Kind: SocketKind.TimeWait, State: TcpState.TimeWait })
            {
                remotes.Add(socket.Entry.Remote.Address);
                opened += facts.Ports?.IsUse(socket.Entry) == true ? 1 : 0;
            }
        }

        return (opened, remotes);
    }
}
