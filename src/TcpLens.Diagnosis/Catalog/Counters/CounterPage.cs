using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>What there is to know about a counter of the kernel.</summary>
/// <param name="Name">As in a <see cref="CounterSet"/>: "TcpExt.ListenOverflows", "sockstat TCP.orphan"; of other files "conntrack.drop", "softnet.dropped".</param>
/// <param name="Counts">What makes it move, checked against the kernel's source and by experiment where its documentation is wrong.</param>
/// <param name="Growth">What it means when it grows (or is high, for what is there now); empty where that is plain.</param>
public sealed record CounterPage(string Name, string Counts, string Growth = "")
{
    /// <summary>What it is often taken for, or has to be told apart from.</summary>
    public string NotToConfuse { get; init; } = "";

    /// <summary>Ids of conditions (<see cref="ConditionCatalog"/>) that it is a sign of.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>Where it is missing: "Linux is newer than 6.12"; empty: it is in 6.1 and all later ones.</summary>
    public string OnlyWhere { get; init; } = "";

    /// <summary>"pages of memory", "ms"; empty for events.</summary>
    public string Unit { get; init; } = "";

    public CounterKind Kind => new CounterName(Name).Kind;

    public CounterScope Scope => IsOfHost ? CounterScope.Host : new CounterName(Name).Scope;

    /// <summary>The file under /proc that shows it.</summary>
    public string File => Name.Split('.', ' ')[0] switch
    {
        "TcpExt" or "IpExt" or "MPTcpExt" => "/proc/net/netstat",
        "sockstat" => "/proc/net/sockstat",
        "sockstat6" => "/proc/net/sockstat6",
        "conntrack" => "/proc/net/stat/nf_conntrack",
        "softnet" => "/proc/net/softnet_stat",
        _ => "/proc/net/snmp",
    };

    /// <summary>Without its table: "ListenOverflows".</summary>
    public string ShortName => Name[(Name.LastIndexOf('.') + 1)..];

    private bool IsOfHost => Name.StartsWith("softnet.", StringComparison.Ordinal);
}
