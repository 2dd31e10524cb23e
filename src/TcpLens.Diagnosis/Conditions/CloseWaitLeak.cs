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

    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(60);

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
            if (socket.Vitals is not { LastAckReceivedMilliseconds: { } age } vitals)
            {
                continue;
            }

            sawVitals = true;
            bool stillSends = facts.TryEarlier(in socket, out SocketRecord earlier) && earlier.Vitals?.BytesAcked < vitals.BytesAcked;
            if (TimeSpan.FromMilliseconds(age) > facts.Patience(Forgotten) && !stillSends)
            {
                if (!leaks.TryGetValue(process.Pid, out Leak? leak))
                {
                    leaks.Add(process.Pid, leak = new Leak(process));
                }

                leak.Add(in socket, age);
            }
        }

        if (sawAny && !sawVitals)
        {
            verdict.CannotCheck("the age of CLOSE_WAIT sockets: tcp_info could not be read");
        }

        foreach (Leak leak in leaks.Values.Where(static leak => leak.Count >= FewMin).OrderByDescending(static leak => leak.Count))
        {
            verdict.Add(Find(facts, leak));
        }
    }

    private Finding Find(CaseFile facts, Leak leak)
    {
        ProcessFacts? process = facts.FactsOf(leak.Process);
        int before = CountBefore(facts, leak.Process);
        (Severity severity, string reason) = Judge(facts, leak, process, before);
        string name = CaseFile.NameOf(leak.Process);
        List<Fact> evidence =
        [
            new($"{leak.Count:N0} sockets in CLOSE_WAIT for {Words.Age(leak.Youngest)} to {Words.Age(leak.Oldest)}", "sock_diag, tcp_info last_ack_recv") { Value = leak.Count },
            new($"{leak.Unread:N0} with the peer's FIN unread (nobody reads), {leak.Count - leak.Unread:N0} read to the end (close() forgotten)", "sock_diag, Recv-Q"),
            new($"{before:N0} in CLOSE_WAIT at the first sample, {leak.Count:N0} now", "sock_diag, two samples"),
        ];
        if (process is { Descriptors: { } open, DescriptorLimit: { } limit })
        {
            evidence.Add(new($"{open:N0} of {limit:N0} descriptors open", "/proc/PID/fd, /proc/PID/limits") { Value = open });
        }

        return new Finding
        {
            Condition = Info,
            Subject = name,
            Severity = severity,
            Reason = reason,
            Summary = $"{name} has not closed {leak.Count:N0} connections whose peers closed theirs, the oldest {Words.Age(leak.Oldest)} ago",
            Evidence = evidence,
            Culprits =
            [
                facts.CulpritOf(leak.Process, $"{leak.Count:N0} sockets"),
                .. leak.Remotes.OrderByDescending(static pair => pair.Value).Take(5).Select(pair => new Culprit(CulpritKind.Remote, pair.Key.ToString(), $"{pair.Value:N0} of {leak.Count:N0}")),
            ],
            Remedies =
            [
                new(RemedyKind.Application, "close the socket on every path on which reading returned 0 or failed (using, finally, defer)", "none"),
                new(RemedyKind.Application, "make idle connections of a pool expire sooner than at the peer (.NET: PooledConnectionIdleTimeout)", "a few more connection set-ups"),
                new(RemedyKind.Command, "restart the program as a stop-gap", "its live connections end"),
                new(RemedyKind.Command, "end single sockets without the program", "the program sees ECONNABORTED") { Command = $"tcplens kill state close-wait pid {leak.Process.Pid}" },
            ],
            Avoid =
            [
                new("lowering net.ipv4.tcp_fin_timeout", "it limits FIN_WAIT_2 at the peer; CLOSE_WAIT has no timeout at all"),
                new("net.ipv4.tcp_keepalive_time", "at best the row turns into a closed socket that still holds its descriptor, which is harder to see"),
            ],
        };
    }

    private static (Severity Severity, string Reason) Judge(CaseFile facts, Leak leak, ProcessFacts? process, int before)
    {
        long? limit = process?.DescriptorLimit;
        bool isGrowing = facts.HasTwoSamples && leak.Count > before && before > 0;
        if (limit is { } most && leak.Count >= most * 0.5)
        {
            return (Severity.Critical, $"{(double)leak.Count / most:P0} of the process's {most:N0} descriptors");
        }

        long many = Math.Max(ManyMin, (limit ?? 0) / 20);
        return leak.Count >= many ? (Severity.Warning, $"{leak.Count:N0} sockets; a warning from {many:N0} ({(limit is null ? "the limit of descriptors is unknown" : "5 % of the limit of descriptors, at least 50")})")
            : isGrowing ? (Severity.Warning, $"grew from {before:N0} to {leak.Count:N0} while watched")
            : (Severity.Notice, $"{leak.Count:N0} sockets, and not growing; a warning from {many:N0}");
    }

    private static int CountBefore(CaseFile facts, ProcessRef process)
    {
        int count = 0;
        foreach (ref readonly SocketRecord socket in facts.Seen.Before.Sockets.All)
        {
            count += socket.Entry.State == TcpState.CloseWait && socket.Process?.Pid == process.Pid ? 1 : 0;
        }

        return count;
    }

    /// <summary>What one process left open.</summary>
    private sealed class Leak(ProcessRef process)
    {
        public ProcessRef Process => process;

        public int Count { get; private set; }

        public int Unread { get; private set; }

        public TimeSpan Oldest { get; private set; }

        public TimeSpan Youngest { get; private set; } = TimeSpan.MaxValue;

        public Dictionary<Endpoint, int> Remotes { get; } = [];

        public void Add(in SocketRecord socket, uint ageMilliseconds)
        {
            TimeSpan age = TimeSpan.FromMilliseconds(ageMilliseconds);
            Count++;
            Unread += socket.Entry.ReceiveQueue > 0 ? 1 : 0;
            Oldest = age > Oldest ? age : Oldest;
            Youngest = age < Youngest ? age : Youngest;
            Remotes[socket.Entry.Remote] = Remotes.GetValueOrDefault(socket.Entry.Remote) + 1;
        }
    }
}
