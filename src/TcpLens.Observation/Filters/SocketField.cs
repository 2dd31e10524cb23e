namespace TcpLens.Observation.Filters;

/// <summary>The numbers of a socket that a filter can compare. Durations are microseconds, sizes are octets.</summary>
public enum SocketField : byte
{
    /// <summary>Smoothed round-trip time.</summary>
    Rtt,

    /// <summary>Smallest round-trip time in the kernel's window.</summary>
    MinRtt,

    /// <summary>Retransmission timeout.</summary>
    Rto,

    /// <summary>Time since data last went either way.</summary>
    Idle,

    /// <summary>Time since the connection was first seen; where nobody remembers, it is known only to be at least this old.</summary>
    Age,
    RecvQ,
    SendQ,

    /// <summary>Segments retransmitted since the connection began.</summary>
    Retrans,
    Unacked,
    Lost,
    Cwnd,
    Mss,
    Drops,
    Inode,
    Uid,
    Cookie,
}

internal enum FieldUnit : byte
{
    Count,
    Octets,
    Duration,
}

/// <summary>How a field is written and what it takes to read it.</summary>
internal sealed record FieldInfo(SocketField Field, string Name, FieldUnit Unit, FilterNeeds Needs)
{
    /// <summary>In the order of <see cref="SocketField"/>.</summary>
    public static readonly FieldInfo[] All =
    [
        new(SocketField.Rtt, "rtt", FieldUnit.Duration, FilterNeeds.TcpInfo),
        new(SocketField.MinRtt, "minrtt", FieldUnit.Duration, FilterNeeds.TcpInfo),
        new(SocketField.Rto, "rto", FieldUnit.Duration, FilterNeeds.TcpInfo),
        new(SocketField.Idle, "idle", FieldUnit.Duration, FilterNeeds.TcpInfo),
        new(SocketField.Age, "age", FieldUnit.Duration, FilterNeeds.TcpInfo | FilterNeeds.Age),
        new(SocketField.RecvQ, "recvq", FieldUnit.Octets, FilterNeeds.None),
        new(SocketField.SendQ, "sendq", FieldUnit.Octets, FilterNeeds.None),
        new(SocketField.Retrans, "retrans", FieldUnit.Count, FilterNeeds.TcpInfo),
        new(SocketField.Unacked, "unacked", FieldUnit.Count, FilterNeeds.TcpInfo),
        new(SocketField.Lost, "lost", FieldUnit.Count, FilterNeeds.TcpInfo),
        new(SocketField.Cwnd, "cwnd", FieldUnit.Count, FilterNeeds.TcpInfo),
        new(SocketField.Mss, "mss", FieldUnit.Octets, FilterNeeds.TcpInfo),
        new(SocketField.Drops, "drops", FieldUnit.Count, FilterNeeds.Memory),
        new(SocketField.Inode, "inode", FieldUnit.Count, FilterNeeds.None),
        new(SocketField.Uid, "uid", FieldUnit.Count, FilterNeeds.None),
        new(SocketField.Cookie, "cookie", FieldUnit.Count, FilterNeeds.None),
    ];

    public static FieldInfo Of(SocketField field) => All[(int)field];

    public static FieldInfo? Named(string word)
    {
        foreach (FieldInfo info in All)
        {
            if (string.Equals(info.Name, word, StringComparison.OrdinalIgnoreCase))
            {
                return info;
            }
        }

        return null;
    }
}
