namespace TcpLens.Observation;

public enum CounterKind : byte
{
    /// <summary>Only grows, from the birth of its namespace on; what counts is its increase.</summary>
    Counter,

    /// <summary>Goes up and down: what is there now.</summary>
    Gauge,
}

public enum CounterScope : byte
{
    /// <summary>Counts one network namespace.</summary>
    Namespace,

    /// <summary>Counts the whole host, and reads the same in every namespace and container on it.</summary>
    Host,
}

/// <summary>The name of a kernel counter, "Tcp.ActiveOpens" or "sockstat TCP.inuse", and how its number is to be read.</summary>
public sealed record CounterName(string Text)
{
    public CounterKind Kind { get; } = KindOf(Text);

    public CounterScope Scope { get; } = IsHostWide(Text) ? CounterScope.Host : CounterScope.Namespace;

    public override string ToString() => Text;

    /// <summary>Everything in sockstat is a gauge, and so are these few of the SNMP tables (RFC 4022, RFC 4293, net/mptcp/mib.c).</summary>
    private static CounterKind KindOf(string text) => text switch
    {
        "Tcp.CurrEstab" or "Tcp.RtoAlgorithm" or "Tcp.RtoMin" or "Tcp.RtoMax" or "Tcp.MaxConn" => CounterKind.Gauge,
        "Ip.Forwarding" or "Ip.DefaultTTL" or "MPTcpExt.MPCurrEstab" => CounterKind.Gauge,
        "conntrack.entries" or "file-nr.allocated" => CounterKind.Gauge,
        _ => text.StartsWith("sockstat", StringComparison.Ordinal) ? CounterKind.Gauge : CounterKind.Counter,
    };

    /// <summary>net/ipv4/proc.c: these come from the protocol and not from the namespace; softnet's are a CPU's, files the kernel's.</summary>
    private static bool IsHostWide(string text) => text
        is "sockstat TCP.orphan" or "sockstat TCP.alloc" or "sockstat TCP.mem" or "sockstat UDP.mem"
        or "softnet.dropped" or "softnet.time_squeezed" or "file-nr.allocated";
}
