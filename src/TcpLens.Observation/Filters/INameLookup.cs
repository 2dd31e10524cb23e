using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>Turns the names that people write in a filter into the numbers that sockets carry. An unknown name is empty or null.</summary>
public interface INameLookup
{
    /// <summary>The ports the kernel chooses from (net.ipv4.ip_local_port_range); what <c>autobound</c> means.</summary>
    PortRange EphemeralPorts { get; }

    /// <summary>TCP ports of a service: "https" is 443.</summary>
    IReadOnlyList<ushort> Ports(string service);

    /// <summary>Every address of a host, of both families.</summary>
    IReadOnlyList<HostAddress> Addresses(string host);

    uint? InterfaceIndex(string name);

    uint? UserId(string name);

    /// <summary>Identifier of a cgroup (v2), by its path within the hierarchy or as a file.</summary>
    ulong? CgroupId(string path);
}

/// <summary>Knows no name: numbers still work.</summary>
public sealed class NoNames : INameLookup
{
    public static readonly NoNames Instance = new();

    private NoNames()
    {
    }

    /// <summary>Linux's default (Documentation/networking/ip-sysctl.rst).</summary>
    public PortRange EphemeralPorts => new(32768, 60999);

    public IReadOnlyList<ushort> Ports(string service) => [];

    public IReadOnlyList<HostAddress> Addresses(string host) => [];

    public uint? InterfaceIndex(string name) => null;

    public uint? UserId(string name) => null;

    public ulong? CgroupId(string path) => null;
}
