using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Segments are dropped because a task keeps a socket's lock too long: what arrives meanwhile waits in the backlog, whose limit is twice
/// the receive buffer, half the send buffer and 64 KiB (net/ipv4/tcp_ipv4.c, tcp_add_backlog).
/// </summary>
internal sealed class BacklogDrop : Condition
{
    private const double ManyPerSecond = 10;

    public override ConditionInfo Info { get; } = new(
        "backlog-drop",
        "A socket is locked for too long",
        "segments of one connection are lost; tools that ask for tcp_info hang on it");

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        if (facts.Moved("TcpExt.TCPBacklogDrop") is > 0 and var dropped)
        {
            verdict.Add(Find(facts, dropped));
        }
    }

    private Finding Find(CaseFile facts, long dropped)
    {
        double rate = dropped / facts.Seconds;
        List<Fact> evidence = [facts.CounterFact("TcpExt.TCPBacklogDrop")];
        List<Culprit> culprits = [];
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.State is TcpState.Listen || !IsSuspect(facts, in socket, out uint drops))
            {
                continue;
            }

            if (evidence.Count < 6)
            {
                evidence.Add(new($"{socket.Entry.Local} to {socket.Entry.Remote} ({CaseFile.NameOf(socket.Process)}): {socket.Memory?.Backlog ?? 0:N0} octets wait for the lock, {drops:N0} segments dropped by this socket{(socket.IsLocked ? ", locked when asked for tcp_info" : "")}", "sock_diag skmem bl and d, two samples"));
            }

            if (socket.Process is { } process && culprits.Count < 5 && culprits.TrueForAll(culprit => culprit.Name != CaseFile.NameOf(process)))
            {
                culprits.Add(facts.CulpritOf(process, Doing(facts.FactsOf(process))));
            }
        }

        return new Finding
        {
            Condition = Info,
            Severity = rate > ManyPerSecond ? Severity.Warning : Severity.Notice,
            Reason = $"{rate:#,0.0} a second; a warning from {ManyPerSecond:0}",
            Summary = $"{Words.Of(dropped, "segment")} dropped in {facts.Seconds:0.0} s because a task kept a socket's lock",
            Evidence = evidence,
            Culprits = culprits,
            Remedies =
            [
                new(RemedyKind.Application, "do not let the kernel sleep inside recv() or send(): memory that is locked or touched before (mlock), not mapped from a slow file system or handled by userfaultfd", "more memory stays resident"),
                new(RemedyKind.Application, "send and receive in smaller calls", "more system calls"),
                new(RemedyKind.Command, "give the process more processor time: a cgroup that is throttled, or a paused virtual processor, keeps the lock as well", "less for others"),
            ],
            Avoid = [new("raising net.core.netdev_max_backlog", "that is the queue of a network card's processor; this one belongs to the socket")],
            Confidence = culprits.Count > 0 ? Confidence.Sure : Confidence.Likely,
            ConfirmBy = culprits.Count > 0 ? null : "the socket whose drop counter grows: tcplens list --memory",
        };
    }

    private static bool IsSuspect(CaseFile facts, in SocketRecord socket, out uint drops)
    {
        drops = socket.Memory is { Drops: > 0 } now && facts.TryEarlier(in socket, out SocketRecord earlier) && earlier.Memory is { } then ? unchecked(now.Drops - then.Drops) : 0;
        return socket.IsLocked || drops > 0;
    }

    private static string? Doing(ProcessFacts? process)
        => process is null ? null : $"state {process.State}{(process.WaitsIn is { } place ? $", its main thread in {place}" : "")}";
}
