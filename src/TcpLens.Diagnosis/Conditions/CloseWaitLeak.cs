using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// A process keeps connections whose peers closed theirs long ago. Linux has no timeout for CLOSE_WAIT (net/ipv4/tcp.c): only
/// close() ends it. An unread FIN stands in Recv-Q as one octet, which tells a hung reader from a forgotten close().
/// </summary>
internal sealed class CloseWaitLeak : Condition
{
    private const int FewMin = 5;
    private const int ManyMin = 50;
    private const double HalfOfLimit = 0.5;
    private const double GrowthMin = 0.05;

    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(10);

    public override ConditionInfo Info { get; } = new(
        "close-wait-leak",
        "A program does not close connections that its peers closed",
        "descriptors and memory grow until accept() and connect() fail with EMFILE")
    {
        ExplainedBy = ["stalled-reader"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        Dictionary<int, Leak> leaks = [];
        bool sawVitals = false, sawAny = false;
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.State != TcpState.CloseWait || socket.Process is not { } process)
            {
                continue;
            }

            sawAny = true;
            if (!leaks.TryGetValue(process.Pid, out Leak? leak))
            {
                leaks.Add(process.Pid, leak = new Leak(process));
            }

            leak.All++;
            if (socket.Vitals is { LastAckReceivedMilliseconds: { } age } vitals)
            {
                sawVitals = true;
                bool stillSends = facts.TryEarlier(in socket, out SocketRecord earlier) && earlier.Vitals?.BytesAcked < vitals.BytesAcked;
                if (TimeSpan.FromMilliseconds(age) > facts.Patience(Forgotten) && !stillSends)
                {
                    leak.Add(in socket, age, isOutgoing: facts.ListenerOf(socket.Entry) is null);
                }
            }
        }

        if (sawAny && !sawVitals)
        {
            verdict.CannotCheck("the age of CLOSE_WAIT sockets: tcp_info could not be read");
        }

        if (sawVitals)
        {
            CountBefore(facts, leaks);
        }

        foreach (Leak leak in leaks.Values.Where(static leak => leak.Count >= FewMin).OrderByDescending(static leak => leak.Count))
        {
            verdict.Add(Find(facts, leak));
        }
    }

    private Finding Find(CaseFile facts, Leak leak)
    {
        ProcessFacts? process = facts.FactsOf(leak.Process);
        (Severity severity, string reason) = Judge(facts, leak, process);
        string name = CaseFile.NameOf(leak.Process);
        List<Fact> evidence =
        [
            new($"{leak.Count:N0} sockets in CLOSE_WAIT for {Words.Age(leak.Youngest)} to {Words.Age(leak.Oldest)}", "sock_diag, tcp_info last_ack_recv") { Value = leak.Count },
            new($"{leak.Unread:N0} with the peer's FIN unread (nobody reads), {leak.Count - leak.Unread:N0} read to the end (close() forgotten)", "sock_diag, Recv-Q"),
            new($"{leak.AllBefore:N0} in CLOSE_WAIT at the first sample, {leak.All:N0} now", "sock_diag, two samples") { Value = leak.All - leak.AllBefore, PerSecond = facts.HasTwoSamples ? (leak.All - leak.AllBefore) / facts.Seconds : null },
        ];
        if (process is { Descriptors: { } open, DescriptorLimit: { } limit })
        {
            evidence.Add(new($"{open:N0} of {limit:N0} descriptors open{(process.DescriptorsBefore is { } before ? $", {before:N0} at the first sample" : "")}", "/proc/PID/fd, /proc/PID/limits") { Value = open });
        }

        return new Finding
        {
            Condition = Info,
            Subject = name,
            Severity = severity,
            Reason = reason,
            Summary = $"{name} has not closed {Words.Of(leak.Count, "connection")} whose peers closed theirs, the oldest {Words.Age(leak.Oldest)} ago",
            Evidence = evidence,
            Culprits =
            [
                facts.CulpritOf(leak.Process, Words.Of(leak.Count, "socket")),
                .. leak.Remotes.Culprits(CulpritKind.Remote, static address => address.ToString()),
                .. leak.Destinations.Culprits(CulpritKind.Destination, static destination => destination.ToString()),
            ],
            Remedies =
            [
                new(RemedyKind.Application, "close the socket on every path on which reading returned 0 or failed (using, finally, defer)", "none"),
                new(RemedyKind.Application, "make idle connections of a pool expire sooner than at the peer (.NET: PooledConnectionIdleTimeout)", "a few more connection set-ups"),
                new(RemedyKind.Command, "restart the program as a stop-gap", "its live connections end"),
                new(RemedyKind.Command, "end single sockets without the program", "the program sees ECONNABORTED") { Command = $"tcplens kill state close-wait pid {leak.Process.Pid}" },
            ],
            Avoid = [CommonMyths.FinTimeoutForCloseWait, CommonMyths.KeepAliveSettings],
        };
    }

    private static (Severity Severity, string Reason) Judge(CaseFile facts, Leak leak, ProcessFacts? process)
    {
        long? limit = process?.DescriptorLimit;
        if (limit is { } most && leak.Count >= most * HalfOfLimit)
        {
            return (Severity.Critical, $"{(double)leak.Count / most:P0} of the process's {most:N0} descriptors; critical from 50 %");
        }

        int grown = leak.All - leak.AllBefore;
        bool isGrowing = facts.HasTwoSamples && grown >= Math.Max(2, leak.Count * GrowthMin);
        if (isGrowing && process is { DescriptorLimit: { } all, Descriptors: { } open, DescriptorsBefore: { } before } && open > before
            && TimeSpan.FromSeconds((all - open) * facts.Seconds / (open - before)) is var left && left < Soon)
        {
            return (Severity.Critical, $"at this growth its {all:N0} descriptors are used up in {Words.Age(left)}; critical below 10 min");
        }

        long many = Math.Max(ManyMin, (limit ?? 0) / 20);
        return leak.Count >= many ? (Severity.Warning, $"{leak.Count:N0} sockets; a warning from {many:N0} ({(limit is null ? "the limit of descriptors is unknown" : "5 % of the limit of descriptors, at least 50")})")
            : isGrowing ? (Severity.Warning, $"grew from {leak.AllBefore:N0} to {leak.All:N0} while watched")
            : (Severity.Notice, $"{Words.Of(leak.Count, "socket")}, and not growing; a warning from {many:N0}");
    }

    private static void CountBefore(CaseFile facts, Dictionary<int, Leak> leaks)
    {
        foreach (ref readonly SocketRecord socket in facts.Seen.Before.Sockets.All)
        {
            if (socket.Entry.State == TcpState.CloseWait && socket.Process is { } process && leaks.TryGetValue(process.Pid, out Leak? leak))
            {
                leak.AllBefore++;
            }
        }
    }

    /// <summary>What one process left open.</summary>
    private sealed class Leak(ProcessRef process)
    {
        public ProcessRef Process => process;

        /// <summary>In CLOSE_WAIT, whatever their age.</summary>
        public int All { get; set; }

        public int AllBefore { get; set; }

        /// <summary>For too long.</summary>
        public int Count { get; private set; }

        public int Unread { get; private set; }

        public TimeSpan Oldest { get; private set; }

        public TimeSpan Youngest { get; private set; } = TimeSpan.MaxValue;

        public Tally<HostAddress> Remotes { get; } = new();

        public Tally<Endpoint> Destinations { get; } = new();

        public void Add(in SocketRecord socket, uint ageMilliseconds, bool isOutgoing)
        {
            TimeSpan age = TimeSpan.FromMilliseconds(ageMilliseconds);
            Count++;
            Unread += socket.Entry.ReceiveQueue > 0 ? 1 : 0;
            Oldest = age > Oldest ? age : Oldest;
            Youngest = age < Youngest ? age : Youngest;
            Remotes.Add(socket.Entry.Remote.Address);
            if (isOutgoing)
            {
                Destinations.Add(socket.Entry.Remote);   // A client's port tells nothing.
            }
        }
    }
}
