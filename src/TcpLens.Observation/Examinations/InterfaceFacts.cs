using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>A network interface.</summary>
/// <param name="Index">The kernel's number of it.</param>
/// <param name="Name">Its name.</param>
/// <param name="MtuBytes">Largest packet it takes.</param>
public sealed record InterfaceFacts(uint Index, string Name, int MtuBytes)
{
    public bool IsLoopback { get; init; }

    public bool IsUp { get; init; }

    /// <summary>True for tun, ipip, gre, vxlan, wireguard and the like, which make packets smaller than their path seems to allow.</summary>
    public bool IsTunnel { get; init; }

    public IReadOnlyList<HostAddress> Addresses { get; init; } = [];
}
