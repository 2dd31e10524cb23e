using System.Runtime.InteropServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Connections that the kernel finished and no process took with accept(): ESTABLISHED for the client, without an owner here. The
/// program is stopped, blocked, or out of descriptors.
/// </summary>
internal sealed class UnacceptedConnections : Condition
{
    private const int EnoughToJudge = 3;
    private const double MostGaveUp = 0.5;

    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(10);

    public override ConditionInfo Info { get; } = new(
        "unaccepted-connections",
        "The kernel accepted connections, the program did not",
        "clients are connected and get no answer")
    {
        ExplainedBy = ["fd-exhaustion", "reuseport-imbalance", "stalled-reader"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        Dictionary<Endpoint, Queue> queues = [];
        bool sawAge = false;
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.Inode == 0 && socket.Entry.IsUnaccepted && facts.ListenerOf(socket.Entry) is { } listener)
            {
                TimeSpan? age = AgeOf(facts, in socket);
                sawAge |= age is not null;
                (CollectionsMarshal.GetValueRefOrAddDefault(queues, listener.Local, out _) ??= new Queue(listener)).Add(in socket, age ?? TimeSpan.Zero);
            }
        }

        if (queues.Count > 0 && !sawAge)
        {
            verdict.CannotCheck("how long connections wait for accept(): tcp_info could not be read, and there is one sample only");
        }

        foreach (Queue queue in queues.Values.Where(queue => queue.Oldest > facts.Patience(Noticeable)).OrderByDescending(static queue => queue.Count))
        {
            verdict.Add(Find(facts, queue));
        }
    }

    /// <summary>Nothing was ever sent on it, so the time since "data was sent" runs from the end of the handshake (tcp_minisocks.c).</summary>
    private static TimeSpan? AgeOf(CaseFile facts, in SocketRecord socket)
    {
        TimeSpan? seen = facts.TryEarlier(in socket, out SocketRecord earlier) && earlier.Entry.IsUnaccepted ? facts.Seen.Elapsed : null;
        return socket.Vitals?.LastDataSentMilliseconds is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : seen;
    }

    private Finding Find(CaseFile facts, Queue queue)
    {
        ListenerCase listener = queue.Listener;
        IReadOnlyList<ProcessRef> holders = facts.Seen.Now.Sockets.HoldersOf(listener.Socket);
        ProcessFacts? process = facts.FactsOf(listener.Socket.Process);
        string owner = CaseFile.NameOf(listener.Socket.Process);
        (Severity severity, string reason) = Judge(facts, queue, process);
        List<Fact> evidence =
        [
            new($"{Words.Of(queue.Count, "connection")} without an owner, the oldest for {Words.Age(queue.Oldest)}", "sock_diag, inode 0; tcp_info last_data_sent") { Value = queue.Count },
            new($"accept queue of {listener.Local}: {listener.Length} of {listener.Limit}", "sock_diag, Recv-Q and Send-Q of the listener") { Value = listener.Length },
            new($"{queue.GaveUp:N0} whose clients closed meanwhile (CLOSE_WAIT); {Words.Octets(queue.Octets)} of requests unread", "sock_diag, Recv-Q") { Value = queue.GaveUp },
        ];
        if (process is not null)
        {
            evidence.Add(ProcessWords.StateFact(process));
            evidence.AddRange(ProcessWords.DescriptorFact(process));
        }

        return new Finding
        {
            Condition = Info,
            Subject = listener.Local.ToString(),
            Severity = severity,
            Reason = reason,
            Summary = $"{owner} has not accepted {Words.Of(queue.Count, "connection")} to {listener.Local}; the oldest waits {Words.Age(queue.Oldest)}{(ProcessWords.IsStopped(process) ? ", and the process is stopped" : "")}",
            Evidence = evidence,
            Culprits =
            [
                new Culprit(CulpritKind.Listener, listener.Local.ToString(), $"queue {listener.Length} of {listener.Limit}"),
                .. holders.Take(Culprit.Few).Select(holder => facts.CulpritOf(holder)),
                .. queue.Remotes.Culprits(CulpritKind.Remote, static address => address.ToString()),
            ],
            Remedies =
            [
                .. ProcessWords.IsStopped(process) ? [new Remedy(RemedyKind.Command, "let it run again, unless someone stopped it on purpose (a debugger)", "none") { Command = $"kill -CONT {process!.Process.Pid}" }] : Array.Empty<Remedy>(),
                new(RemedyKind.Application, "accept in a loop that does nothing else; read, with a time limit, elsewhere: one silent client must not hold up the others", "none"),
                new(RemedyKind.Application, "see what its threads wait for (a stack dump): a pool without free threads, a lock, a pause of the whole process", "none"),
                .. holders.Count > 1 ? [new Remedy(RemedyKind.Application, $"{holders.Count} processes hold this listener: close it in those that do not accept", "none")] : Array.Empty<Remedy>(),
            ],
            Avoid = [new("raising the backlog", "more clients then wait as long, for a program that does not accept"), CommonMyths.AbortOnOverflow],
        };
    }

    private static (Severity Severity, string Reason) Judge(CaseFile facts, Queue queue, ProcessFacts? process) => queue switch
    {
        _ when ProcessWords.IsStopped(process) => (Severity.Critical, $"the process is {ProcessWords.StateOf(process!)}"),
        { Count: >= EnoughToJudge } when queue.GaveUp > queue.Count * MostGaveUp => (Severity.Critical, $"{queue.GaveUp:N0} of {queue.Count:N0} clients have given up; critical above half"),
        _ when queue.Oldest > facts.Patience(TooLong) => (Severity.Warning, $"the oldest waits {Words.Age(queue.Oldest)}; a warning above {Words.Age(facts.Patience(TooLong))}"),
        _ => (Severity.Notice, $"the oldest waits {Words.Age(queue.Oldest)}; a notice above {Words.Age(facts.Patience(Noticeable))}"),
    };

    /// <summary>What waits at one listener.</summary>
    private sealed class Queue(ListenerCase listener)
    {
        public ListenerCase Listener => listener;

        public int Count { get; private set; }

        public int GaveUp { get; private set; }

        public long Octets { get; private set; }

        public TimeSpan Oldest { get; private set; }

        public Tally<HostAddress> Remotes { get; } = new();

        public void Add(in SocketRecord socket, TimeSpan age)
        {
            Count++;
            GaveUp += socket.Entry.State == TcpState.CloseWait ? 1 : 0;
            Octets += socket.Entry.ReceiveQueue;
            Oldest = age > Oldest ? age : Oldest;
            Remotes.Add(socket.Entry.Remote.Address);
        }
    }
}
