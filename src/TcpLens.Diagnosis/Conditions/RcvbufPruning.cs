using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// A receive buffer is full of overhead: the kernel copies small segments together (collapses) and throws away what came out of order to
/// make room (net/ipv4/tcp_input.c, tcp_prune_queue). One octet in a segment of its own costs hundreds in the buffer.
/// </summary>
internal sealed class RcvbufPruning : Condition
{
    private const int FewMax = 4;
    private const double NearlyFull = 0.8;

    public override ConditionInfo Info { get; } = new(
        "rcvbuf-pruning",
        "Receive buffers are squeezed",
        "latency spikes while the kernel copies data together; data that arrived is sent again")
    {
        ExplainedBy = ["tcp-memory-pressure", "stalled-reader"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        long pruned = facts.Moved("TcpExt.PruneCalled") ?? 0;
        long thrownAway = (facts.Moved("TcpExt.RcvPruned") ?? 0) + (facts.Moved("TcpExt.OfoPruned") ?? 0);
        if (pruned > FewMax || thrownAway > 0)
        {
            verdict.Add(Find(facts, pruned, thrownAway));
        }
    }

    private Finding Find(CaseFile facts, long pruned, long thrownAway)
    {
        FullBuffers full = FullBuffers.Of(facts);
        List<Fact> evidence = [facts.CounterFact("TcpExt.PruneCalled"), facts.CounterFact("TcpExt.TCPRcvCollapsed"), facts.CounterFact("TcpExt.RcvPruned"), facts.CounterFact("TcpExt.OfoPruned")];
        if (full.Count > 0)
        {
            evidence.Add(new($"{Words.Of(full.Count, "socket")} with a receive buffer that is full to {NearlyFull:P0} or more; the fullest holds {full.Payload:N0} octets of data in {full.Allocated:N0} octets of {full.Buffer:N0} ({full.Local} from {full.Remote})", "sock_diag skmem r and rb, Recv-Q") { Value = full.Count });
        }

        return new Finding
        {
            Condition = Info,
            Severity = thrownAway > 0 ? Severity.Warning : Severity.Notice,
            Reason = thrownAway > 0
                ? $"{Words.Of(thrownAway, "time")} received data was thrown away to make room"
                : $"{pruned:N0} times in {facts.Seconds:0.0} s; a notice from {FewMax + 1}, a warning when data is thrown away",
            Summary = $"receive buffers were squeezed {Words.Of(Math.Max(pruned, thrownAway), "time")} in {facts.Seconds:0.0} s",
            Evidence = evidence,
            Culprits = [.. full.Processes.Largest(5).Select(pair => facts.CulpritOf(pair.Key, $"{pair.Value:N0} of {full.Count:N0} full receive buffers"))],
            Remedies =
            [
                new(RemedyKind.Application, "let the sender write whole messages: gather small pieces (writev, a buffered stream), and set TCP_NODELAY only together with that", "none"),
                new(RemedyKind.Application, "do not set SO_RCVBUF: a fixed size switches automatic tuning off", "the kernel takes more memory for fast connections"),
                new(RemedyKind.Application, "read sooner, so that less waits in the buffer", "none"),
            ],
            Avoid = [new("raising net.ipv4.tcp_rmem[2]", "sockets with SO_RCVBUF do not look at it, and a reader that is too slow fills any buffer")],
        };
    }

    /// <summary>Sockets whose receive buffer is nearly full, and the fullest of them.</summary>
    private sealed class FullBuffers
    {
        public long Count { get; private set; }

        public Tally<ProcessRef> Processes { get; } = new(ByPid.Comparer);

        public uint Allocated { get; private set; }

        public uint Buffer { get; private set; }

        public uint Payload { get; private set; }

        public Endpoint Local { get; private set; }

        public Endpoint Remote { get; private set; }

        public static FullBuffers Of(CaseFile facts)
        {
            FullBuffers full = new();
            foreach (ref readonly SocketRecord socket in facts.Sockets)
            {
                if (socket.Entry.State is not TcpState.Listen && socket.Memory is { ReceiveBuffer: > 0 } memory && memory.ReceiveAllocated >= memory.ReceiveBuffer * NearlyFull)
                {
                    full.Add(in socket, memory);
                }
            }

            return full;
        }

        private void Add(in SocketRecord socket, SocketMemory memory)
        {
            Count++;
            if (socket.Process is { } process)
            {
                Processes.Add(process);
            }

            if (memory.ReceiveAllocated > Allocated)
            {
                (Allocated, Buffer, Payload) = (memory.ReceiveAllocated, memory.ReceiveBuffer, socket.Entry.ReceiveQueue);
                (Local, Remote) = (socket.Entry.Local, socket.Entry.Remote);
            }
        }
    }
}
