using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Filtering;

/// <summary>Calls every cgroup by its number, so that random filters can name one.</summary>
internal sealed class NumberedNames : INameLookup
{
    public PortRange EphemeralPorts => NoNames.Instance.EphemeralPorts;

    public IReadOnlyList<ushort> Ports(string service) => [];

    public IReadOnlyList<HostAddress> Addresses(string host) => [];

    public uint? InterfaceIndex(string name) => null;

    public uint? UserId(string name) => null;

    public ulong? CgroupId(string path) => ulong.TryParse(path, out ulong id) ? id : null;
}

/// <summary>Knows nothing beyond the entry.</summary>
internal sealed class NoContext : ISocketContext
{
    public SocketDetail? DetailOf(in SocketEntry entry) => null;

    public ReadOnlySpan<SocketHolder> HoldersOf(in SocketEntry entry) => [];

    public string? CgroupOf(in SocketEntry entry) => null;

    public string? ContainerOf(in SocketEntry entry) => null;

    public string? NamespaceName(uint inode) => null;

    public string? UserName(uint userId) => null;

    public string? InterfaceName(uint index) => null;

    public TimeSpan? AgeOf(in SocketEntry entry) => null;
}
