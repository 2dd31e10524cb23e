namespace TcpLens.Observation;

/// <summary>What a socket tells only when asked: everything here is null unless the query wanted it and the source had it.</summary>
public sealed class SocketDetail
{
    public TcpInfo? Info { get; set; }

    public SocketMemory? Memory { get; set; }

    public string? CongestionControl { get; set; }

    /// <summary>Name of the upper-layer protocol in the kernel: tls, mptcp, …</summary>
    public string? UpperLayerProtocol { get; set; }

    public byte? TypeOfService { get; set; }

    public byte? TrafficClass { get; set; }

    /// <summary>True when a task slept with the socket's lock, so that tcp_info could not be read in time.</summary>
    public bool IsLocked { get; set; }

    /// <summary>A copy to keep: a walk overwrites the one it hands out.</summary>
    public SocketDetail Copy()
    {
        var copy = (SocketDetail)MemberwiseClone();
        copy.Info = Info?.Copy();
        return copy;
    }
}
