using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>
/// Several sockets listen on one address with SO_REUSEPORT, each with a queue of its own, and the kernel deals connections out by hash
/// (net/core/sock_reuseport.c). A member that does not accept loses its share of all clients, whatever the others could do. A listener
/// that was inherited over fork() is one socket and one queue, and no group.
/// </summary>
internal sealed class ReuseportImbalance : Condition
{
    private const int FewDropsMax = 4;
    private const double NearlyFull = 0.9;
    private const double MostDrops = 0.8;

    public override ConditionInfo Info { get; } = new(
        "reuseport-imbalance",
        "One of several listeners on a port starves",
        "a fixed share of connects fails or waits, at random for each client")
    {
        ExplainedBy = ["fd-exhaustion"],
    };

    public override void Examine(CaseFile facts, Verdict verdict)
    {
        IEnumerable<ListenerCase[]> groups = facts.Listeners
            .GroupBy(static listener => (listener.Socket.Entry.Namespace, listener.Local, listener.Socket.Entry.Family, listener.Socket.Entry.Interface))
            .Select(static group => group.ToArray())
            .Where(static group => group.Length > 1);
        foreach (ListenerCase[] group in groups)
        {
            if (Sick(facts, group) is var (sick, reason))
            {
                verdict.Add(Find(facts, group, sick, Severity.Warning, reason));
            }
            else if (Stranger(facts, group) is { } stranger)
            {
                verdict.Add(Find(facts, group, stranger, Severity.Notice, "two different programs share the port, and each gets connections meant for the other"));
            }
        }
    }

    /// <summary>The member whose clients suffer, when not all do: a group that is full as a whole is only overloaded.</summary>
    private static (ListenerCase Member, string Reason)? Sick(CaseFile facts, ListenerCase[] group)
    {
        ListenerCase[] full = [.. group.Where(static member => member.Limit > 0 && member.Length > member.Limit * NearlyFull)];
        if (full.Length > 0 && full.Length < group.Length)
        {
            return (full[0], $"its queue holds {full[0].Length} of {full[0].Limit}, and {group.Length - full.Length} of {group.Length} members have room; a warning from {NearlyFull:P0}");
        }

        long drops = group.Sum(static member => member.DroppedMeanwhile ?? 0);
        if (drops > FewDropsMax && group.FirstOrDefault(member => member.DroppedMeanwhile > drops * MostDrops) is { } dropping)
        {
            return (dropping, $"{dropping.DroppedMeanwhile:N0} of the {drops:N0} handshakes the group dropped were its own; a warning from {MostDrops:P0}");
        }

        return group.FirstOrDefault(member => IsStopped(facts, member)) is { } stopped && group.Any(member => !IsStopped(facts, member))
            ? (stopped, "its process is stopped, and still gets its share of connections")
            : group.FirstOrDefault(member => IsOld(facts, member)) is { } old && group.Any(member => !IsOld(facts, member))
            ? (old, "its process runs a program file that was replaced, beside members that run the new one")
            : null;
    }

    private static bool IsStopped(CaseFile facts, ListenerCase member) => facts.FactsOf(member.Socket.Process)?.State is 'T' or 't';

    private static bool IsOld(CaseFile facts, ListenerCase member) => facts.FactsOf(member.Socket.Process)?.IsProgramReplaced == true;

    /// <summary>A member none of whose holders runs a program of the first one's name.</summary>
    private static ListenerCase? Stranger(CaseFile facts, ListenerCase[] group)
    {
        SocketTable sockets = facts.Seen.Now.Sockets;
        HashSet<string> programs = [.. sockets.HoldersOf(group[0].Socket).Select(static holder => holder.Command)];
        return programs.Count == 0 ? null : group.FirstOrDefault(member =>
            sockets.HoldersOf(member.Socket) is { Count: > 0 } holders && !holders.Any(holder => programs.Contains(holder.Command)));
    }

    private Finding Find(CaseFile facts, ListenerCase[] group, ListenerCase member, Severity severity, string reason)
    {
        Tally<ProcessRef> accepted = AcceptedBy(facts, group[0].Socket.Entry);
        return new Finding
        {
            Condition = Info,
            Subject = member.Local.ToString(),
            Severity = severity,
            Reason = reason,
            Summary = $"of {group.Length} listeners on {member.Local}, {CaseFile.NameOf(member.Socket.Process)} {(severity == Severity.Notice ? "is another program" : $"does not serve its share, one in {group.Length} connects")}",
            Evidence = [.. group.OrderByDescending(each => each == member).Take(6).Select(each => FactOf(facts, each, accepted))],
            Culprits =
            [
                .. member.Socket.Process is { } process ? [facts.CulpritOf(process, $"queue {member.Length} of {member.Limit}")] : (ReadOnlySpan<Culprit>)[],
                new Culprit(CulpritKind.Listener, member.Local.ToString(), $"{group.Length} sockets"),
            ],
            Remedies =
            [
                new(RemedyKind.Command, "restart or end the member that does not serve; its clients in the queue fail", "connections waiting in its queue are reset") { Command = member.Socket.Process is { } holder ? $"kill {holder.Pid}" : null },
                new(RemedyKind.Application, "close listeners that are leaked or no longer accepted from; let an instance close its listener before it stops", "none"),
                .. SettingRemedy.Of(facts, "net.ipv4.tcp_migrate_req", "1", "for rolling restarts, let the kernel hand waiting connections of a closed listener to the others", "members must be alike: the same options and the same service"),
            ],
            Avoid = [new("a longer backlog for the group", "the hung member's queue fills all the same, and its clients wait longer before they fail")],
        };
    }

    private static Fact FactOf(CaseFile facts, ListenerCase member, Tally<ProcessRef> accepted)
    {
        string process = CaseFile.NameOf(member.Socket.Process);
        string state = facts.FactsOf(member.Socket.Process) is { } known ? $", state {known.State}" : "";
        string taken = member.Socket.Process is { } holder ? $", {accepted.Of(holder):N0} connections held" : "";
        return new($"{process}{state}: queue {member.Length} of {member.Limit}, {member.DroppedMeanwhile?.ToString("N0") ?? "unknown"} handshakes dropped{taken}", $"sock_diag, listener with inode {member.Socket.Entry.Inode}");
    }

    /// <summary>Connections of the group's port, by who accepted them.</summary>
    private static Tally<ProcessRef> AcceptedBy(CaseFile facts, SocketEntry listener)
    {
        Tally<ProcessRef> accepted = new(ByPid.Comparer);
        foreach (ref readonly SocketRecord socket in facts.Sockets)
        {
            if (socket.Entry.Local.Port == listener.Local.Port && socket.Entry.Namespace == listener.Namespace && socket.Entry.State != TcpState.Listen && socket.Process is { } process)
            {
                accepted.Add(process);
            }
        }

        return accepted;
    }
}
