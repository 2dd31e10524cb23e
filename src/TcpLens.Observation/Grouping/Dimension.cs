namespace TcpLens.Observation;

/// <summary>What sockets can be counted by.</summary>
public enum Dimension : byte
{
    State,
    Family,
    Process,
    Pid,
    Container,
    Cgroup,
    User,
    LocalAddress,
    LocalPort,
    RemoteAddress,
    RemotePort,
    NetworkNamespace,
    Congestion,
    Interface,
    Timer,
}

/// <summary>Names of the dimensions as they stand on the command line, in tables and in JSON.</summary>
public static class Dimensions
{
    private static readonly (string Name, Dimension Dimension)[] Names =
    [
        ("state", Dimension.State),
        ("family", Dimension.Family),
        ("process", Dimension.Process),
        ("pid", Dimension.Pid),
        ("container", Dimension.Container),
        ("cgroup", Dimension.Cgroup),
        ("user", Dimension.User),
        ("local", Dimension.LocalAddress),
        ("local-port", Dimension.LocalPort),
        ("remote", Dimension.RemoteAddress),
        ("remote-port", Dimension.RemotePort),
        ("netns", Dimension.NetworkNamespace),
        ("congestion", Dimension.Congestion),
        ("interface", Dimension.Interface),
        ("timer", Dimension.Timer),
    ];

    public static IEnumerable<string> All
    {
        get
        {
            foreach ((string name, _) in Names)
            {
                yield return name;
            }
        }
    }

    public static string NameOf(Dimension dimension) => Names[(int)dimension].Name;

    public static bool TryParse(ReadOnlySpan<char> text, out Dimension dimension)
    {
        foreach ((string name, Dimension candidate) in Names)
        {
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                dimension = candidate;
                return true;
            }
        }

        dimension = default;
        return false;
    }
}
