using System.Globalization;

namespace TcpLens.Observation;

/// <summary>A network namespace: a TCP/IP stack of its own, with its own sockets, ports, addresses, counters and settings.</summary>
/// <param name="Inode">The number in "net:[4026531840]"; the kernel's only name for it.</param>
public sealed record NetworkNamespace(uint Inode)
{
    /// <summary>Names given by mounting it: "blue" of `ip netns add blue`. Empty for one that only its processes keep alive.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The process with the lowest pid in it, as a hint whose it is; null when no process seen is in it.</summary>
    public ProcessRef? Owner { get; init; }

    /// <summary>Container of <see cref="Owner"/>: its name, or its short id; null when it is in none.</summary>
    public string? Container { get; init; }

    /// <summary>Processes seen in it.</summary>
    public int Processes { get; init; }

    /// <summary>True for the machine's first namespace, in which its boot scripts and its real interfaces usually are.</summary>
    public bool IsHost { get; init; }

    /// <summary>True for the namespace of the thread that looked.</summary>
    public bool IsOwn { get; init; }

    /// <summary>A file that stood for it when it was found, to enter it by; null when none may be opened.</summary>
    public string? Path { get; init; }

    /// <summary>The best short name: mounted name, "host", container, first process, or the bare number.</summary>
    public string DisplayName
    {
        get
        {
            if (IsHost)
            {
                return "host";
            }

            if (Names.Count > 0)
            {
                return Names[0];
            }

            return Container ?? (Owner is { } owner ? $"{owner.Command}/{owner.Pid}" : Inode.ToString(CultureInfo.InvariantCulture));
        }
    }

    public bool Equals(NetworkNamespace? other) => other is not null && other.Inode == Inode;

    public override int GetHashCode() => (int)Inode;
}
