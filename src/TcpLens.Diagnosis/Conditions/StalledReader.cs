using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// A process of ours does not read: its receive buffers stay full, and the kernel announces a window of zero to the peers
/// (net/ipv4/tcp_output.c, __tcp_select_window).
/// </summary>
internal sealed class StalledReader : Condition
{
    private const double FullFrom = 0.8;

    /// <summary>Below, nobody closes a window for want of room (__tcp_select_window): the kernel does for want of memory (tcp_select_window, ICSK_ACK_NOMEM).</summary>
    private const double FullFromWhenClosed = 0.5;

    private const int SeveralMin = 3;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    public override ConditionInfo Info { get; } = new(
        "stalled-reader",
        "A program does not read what has arrived",
        "its peers' sending blocks, with whatever waits on them");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (!facts.HasTwoSamples)
        {
            return;
        }

        ConnectionGroups groups = new();
        bool isMemoryUnknown = false;
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.ReceiveQueue == 0 || socket.Entry.State != TcpState.Established || socket.Entry.Inode == 0)
            {
                continue;
            }

            isMemoryUnknown |= socket.Memory is null;
            if (IsFull(in socket) && facts.TryEarlier(in socket, out SocketRecord earlier) && IsFull(in earlier) && IsUnread(in socket, in earlier))
            {
                groups.ByProcess(in socket).Add(in socket, TimeSpan.FromMilliseconds(socket.Vitals?.LastDataReceivedMilliseconds ?? 0));
            }
        }

        if (isMemoryUnknown)
        {
            verdict.CannotCheck("how full receive buffers are: the source has no memory details");
        }

        foreach (ConnectionGroup group in groups.Largest)
        {
            verdict.Add(Find(facts, group));
        }
    }

    private static bool IsFull(in SocketRecord socket)
    {
        bool isClosed = socket.Entry.ReceiveQueue > 0 && socket.Vitals?.ReceiveWindowBytes == 0;
        return socket.Memory is { } memory ? memory.ReceiveAllocated >= memory.ReceiveBuffer * (isClosed ? FullFromWhenClosed : FullFrom) : isClosed;
    }

    /// <summary>Whoever reads shortens the queue, or lets more in.</summary>
    private static bool IsUnread(in SocketRecord socket, in SocketRecord earlier)
        => socket.Entry.ReceiveQueue == earlier.Entry.ReceiveQueue
            && (earlier.Vitals is not { } before || before.BytesReceived == socket.Vitals?.BytesReceived);

    private Finding Find(CaseFile facts, ConnectionGroup group)
    {
        long closed = facts.Moved("TcpExt.TCPToZeroWindowAdv") ?? 0;
        long dropped = facts.Moved("TcpExt.TCPRcvQDrop") ?? 0;
        TimeSpan tooLong = facts.Patience(Long);
        (Severity severity, string reason) = group.Count >= SeveralMin && closed + dropped > 0
            ? (Severity.Critical, $"{group.Count:N0} connections, and windows closed or segments were dropped while watched; critical from {SeveralMin}")
            : group.Longest > tooLong ? (Severity.Warning, $"nothing was read for more than {Words.Age(tooLong)}")
            : (Severity.Notice, $"full in both samples; a warning from {Words.Age(tooLong)}");
        List<Fact> evidence =
        [
            new($"{Words.Of(group.Count, "receive buffer")} full in both samples (from {FullFrom:P0} on, or half and closed), and not an octet was read", "sock_diag skmem; tcp_info bytes_received") { Value = group.Count },
            new($"{Words.Octets(group.Unread)} unread, the last of them {Words.Age(group.Longest)} old", "sock_diag, Recv-Q; tcp_info last_data_recv") { Value = group.Unread },
        ];
        string state = "";
        if (facts.FactsOf(group.Process) is { } process)
        {
            evidence.Add(ProcessWords.StateFact(process));
            state = process.State is 'T' or 't' ? " (it is stopped)" : "";
        }

        if (closed + dropped > 0)
        {
            evidence.Add(facts.CounterFact("TcpExt.TCPToZeroWindowAdv"));
            evidence.Add(facts.CounterFact("TcpExt.TCPRcvQDrop"));
        }

        return new Finding
        {
            Condition = Info,
            Subject = group.Name,
            Severity = severity,
            Reason = reason,
            Summary = $"{group.Name}{state} does not read {Words.Of(group.Count, "connection")}: {Words.Octets(group.Unread)} wait, and the senders are blocked",
            Evidence = evidence,
            Culprits = [.. group.Culprits(facts)],
            Remedies =
            [
                new(RemedyKind.Application, state.Length > 0 ? "let the process go on (SIGCONT), or detach the debugger" : "find what the reading thread waits for: a lock, a full queue behind it, a slow disk or database", "none"),
                new(RemedyKind.Application, "where this is back-pressure on purpose, set a limit and a deadline for each client, so that one cannot hold up others", "clients that are too slow are cut off"),
                new(RemedyKind.Command, "see its stacks", "the process stands still for a moment") { Command = group.Process is { } holder ? $"gdb -p {holder.Pid} -batch -ex 'thread apply all bt'" : null },
            ],
            Avoid =
            [
                new("larger receive buffers (net.ipv4.tcp_rmem, SO_RCVBUF)", "they only move the wall: a buffer that nobody empties is full a little later"),
            ],
        };
    }
}
