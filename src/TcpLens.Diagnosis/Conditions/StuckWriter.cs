using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// A process writes into a send buffer that stays full: a blocking send() does not return, and a loop that sends to many stands still.
/// It is mostly the consequence of another condition, and says of which.
/// </summary>
internal sealed class StuckWriter : Condition
{
    /// <summary>Down to here a buffer that was full stays unwritable (include/net/sock.h, sk_stream_is_writeable).</summary>
    private const double FullFrom = 2.0 / 3;

    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(30);

    public override ConditionInfo Info { get; } = new(
        "stuck-writer",
        "A program's send buffers stay full",
        "its writing threads block, or its queues grow")
    {
        ExplainedBy = ["zero-window-peer", "mtu-blackhole", "stalled-transmission", "slow-dead-peer-detection", "local-drop"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (!facts.HasTwoSamples)
        {
            return;
        }

        ConnectionGroups groups = new();
        Dictionary<ConnectionGroup, Dictionary<string, int>> causes = [];
        ReadOnlySpan<SocketRecord> sockets = facts.Sockets;
        for (int i = 0; i < sockets.Length; i++)
        {
            ref readonly SocketRecord socket = ref sockets[i];
            if (socket.Entry.SendQueue == 0 || socket.Entry.State is not (TcpState.Established or TcpState.CloseWait) || socket.Entry.Inode == 0
                || !IsFull(in socket) || !facts.TryEarlier(in socket, out SocketRecord earlier) || !IsFull(in earlier) || HasMoved(in socket, in earlier))
            {
                continue;
            }

            ConnectionGroup group = groups.ByProcess(in socket);
            group.Add(in socket, Age(in socket));
            string why = Why(facts.Stalls.CauseOf(i), in socket);
            Dictionary<string, int> ofGroup = causes.TryGetValue(group, out Dictionary<string, int>? known) ? known : causes[group] = [];
            ofGroup[why] = ofGroup.GetValueOrDefault(why) + 1;
        }

        foreach (ConnectionGroup group in groups.Largest)
        {
            verdict.Add(Find(facts, group, causes[group]));
        }
    }

    private static bool IsFull(in SocketRecord socket) => socket.Memory is { } memory && memory.SendQueued > memory.SendBuffer * FullFrom;

    private static bool HasMoved(in SocketRecord socket, in SocketRecord earlier)
        => socket.Entry.SendQueue != earlier.Entry.SendQueue
            || (earlier.Vitals is { } before && before.BytesAcked != socket.Vitals?.BytesAcked);

    /// <summary>A retransmission counts as data sent, and a probe's answer as an acknowledgment: only both together mean progress.</summary>
    private static TimeSpan Age(in SocketRecord socket) => socket.Vitals is { } vitals
        ? TimeSpan.FromMilliseconds(Math.Max(vitals.LastDataSentMilliseconds ?? 0, vitals.LastAckReceivedMilliseconds ?? 0))
        : TimeSpan.Zero;

    private static string Why(StallCause cause, in SocketRecord socket) => cause switch
    {
        StallCause.WindowClosed => "the peer does not read",
        StallCause.Unanswered => "the peer does not answer",
        StallCause.BigPacketsVanish => "large packets vanish on the way",
        StallCause.LocalDrop => "this host drops what it sends",
        StallCause.None or StallCause.Idle or StallCause.Loss when socket.Memory is { SendAllocated: var below } && below > socket.Entry.SendQueue / 2
            => "segments wait in this host's own queue, below TCP",
        StallCause.None or StallCause.Idle or StallCause.Loss => "the path is slow or loses segments",
    };

    private Finding Find(CaseFile facts, ConnectionGroup group, Dictionary<string, int> causes)
    {
        TimeSpan tooLong = facts.Patience(TooLong);
        string whys = string.Join(", ", causes.OrderByDescending(static pair => pair.Value).Select(static pair => $"{pair.Value:N0} because {pair.Key}"));
        return new Finding
        {
            Condition = Info,
            Subject = group.Name,
            Severity = group.Longest > tooLong ? Severity.Warning : Severity.Notice,
            Reason = group.Longest > tooLong
                ? $"no progress for more than {Words.Age(tooLong)}"
                : $"full in both samples without progress; a warning from {Words.Age(tooLong)}",
            Summary = $"{group.Name} cannot write on {Words.Of(group.Count, "connection")}: {whys}",
            Evidence =
            [
                new($"{Words.Of(group.Count, "send buffer")} more than {FullFrom:P0} full in both samples, too full to be written to, and nothing more was acknowledged", "sock_diag skmem; tcp_info bytes_acked") { Value = group.Count },
                new($"{Words.Octets(group.Unsent)} wait, the longest for {Words.Age(group.Longest)}", "sock_diag, Send-Q; tcp_info last_data_sent, last_ack_recv") { Value = group.Unsent },
                new(whys, "sock_diag, timer; tcp_info backoff, snd_wnd"),
            ],
            Culprits = [.. group.Culprits(facts)],
            Remedies =
            [
                new(RemedyKind.Application, "a deadline for every send, and never a blocking send from a thread that serves others", "slow peers are cut off"),
                new(RemedyKind.Application, "stop producing while a connection is full (back-pressure) instead of queueing in the program", "producers must be able to wait"),
                new(RemedyKind.Application, "TCP_NOTSENT_LOWAT of 128 KiB for streams that must stay fresh: less stands in the buffer", "a little more work for the program"),
            ],
            Avoid =
            [
                new("larger send buffers (net.ipv4.tcp_wmem, SO_SNDBUF)", "the block comes a little later, with more memory held and older data in it"),
            ],
        };
    }
}
