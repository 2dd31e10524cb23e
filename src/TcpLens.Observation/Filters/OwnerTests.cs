using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>A process that holds the socket has the name. Linux keeps 15 characters of it, so a longer name is compared by those.</summary>
public sealed record ProcessTest(Glob Name) : FilterExpression
{
    private const int LongestCommand = 15;

    public override FilterNeeds Needs => FilterNeeds.Owners;

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
    {
        ReadOnlySpan<SocketHolder> holders = context.HoldersOf(entry);
        foreach (SocketHolder holder in holders)
        {
            if (IsNamed(holder.Process.Command))
            {
                return Truth.True;
            }
        }

        return Holder.NoneFits(holders, entry);
    }

    private protected override string Print() => $"process {FilterText.Word(Name.Text)}";

    private bool IsNamed(string command) => Name.IsLiteral && Name.Text.Length > LongestCommand
        ? command.Length == LongestCommand && Name.Text.StartsWith(command, StringComparison.Ordinal)
        : Name.Matches(command);
}

public sealed record PidTest(int Pid) : FilterExpression
{
    public override FilterNeeds Needs => FilterNeeds.Owners;

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
    {
        ReadOnlySpan<SocketHolder> holders = context.HoldersOf(entry);
        foreach (SocketHolder holder in holders)
        {
            if (holder.Process.Pid == Pid)
            {
                return Truth.True;
            }
        }

        return Holder.NoneFits(holders, entry);
    }

    private protected override string Print() => $"pid {Pid}";
}

internal static class Holder
{
    /// <summary>A socket with an inode and no holder has one that may not be seen; without an inode there is none.</summary>
    public static Truth NoneFits(ReadOnlySpan<SocketHolder> holders, in SocketEntry entry)
        => holders.IsEmpty && entry.Inode != 0 ? Truth.Unknown : Truth.False;
}

/// <summary>The socket belongs to exactly this cgroup, not to one below it. Linux forgets it for request and time-wait sockets.</summary>
public sealed record CgroupTest(string Path, ulong Id) : FilterExpression
{
    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
        => entry.CgroupId == 0 ? Truth.Unknown : Known(entry.CgroupId == Id);

    private protected override string Print() => $"cgroup {FilterText.Word(Path)}";
}

/// <summary>The path of the socket's cgroup fits the pattern: <c>cgroup /system.slice/*</c>.</summary>
public sealed record CgroupPathTest(Glob Path) : FilterExpression
{
    public override FilterNeeds Needs => FilterNeeds.CgroupPath;

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
        => context.CgroupOf(entry) is { } path ? Known(Path.Matches(path)) : Truth.Unknown;

    private protected override string Print() => $"cgroup {FilterText.Word(Path.Text)}";
}

/// <summary>A socket whose cgroup is known and belongs to no container is in none; otherwise nobody knows.</summary>
public sealed record ContainerTest(Glob Name) : FilterExpression
{
    public override FilterNeeds Needs => FilterNeeds.Container;

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
        => context.ContainerOf(entry) is { } name ? Known(Name.Matches(name))
            : entry.CgroupId == 0 ? Truth.Unknown : Truth.False;

    private protected override string Print() => $"container {FilterText.Word(Name.Text)}";
}

/// <summary>The network namespace has the name, or the inode when the name is a number.</summary>
public sealed record NamespaceTest(Glob Name) : FilterExpression
{
    public override FilterNeeds Needs => FilterNeeds.NetworkNamespace;

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
    {
        string? name = context.NamespaceName(entry.Namespace);
        bool fits = (name is not null && Name.Matches(name)) || (uint.TryParse(Name.Text, out uint inode) && inode != 0 && inode == entry.Namespace);
        return fits ? Truth.True : name is null && entry.Namespace == 0 ? Truth.Unknown : Truth.False;
    }

    private protected override string Print() => $"netns {FilterText.Word(Name.Text)}";
}

/// <summary>The congestion control algorithm of a full socket: cubic, bbr, …</summary>
public sealed record CongestionTest(Glob Name) : FilterExpression
{
    public override FilterNeeds Needs => FilterNeeds.CongestionControl;

    public override StateSet StatesWhere(bool outcome) => ~StateSet.Of(TcpState.TimeWait);

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
        => entry.Kind == SocketKind.Full && context.DetailOf(entry)?.CongestionControl is { } name ? Known(Name.Matches(name)) : Truth.Unknown;

    private protected override string Print() => $"congestion {FilterText.Word(Name.Text)}";
}
