using System.Net;
using System.Net.Sockets;
using TcpLens.Linux.Interop;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>The names of this machine, for filters: services, users, interfaces, cgroups, and hosts by its resolver.</summary>
public sealed class SystemNames : INameLookup
{
    private static readonly TimeSpan ResolverPatience = TimeSpan.FromSeconds(5);

    private readonly Lazy<ServiceNames> _services = new(static () => new ServiceNames());
    private readonly Lazy<UserNames> _users = new(static () => new UserNames());
    private readonly Lazy<InterfaceNames> _interfaces = new(InterfaceNames.Read);

    public PortRange EphemeralPorts
        => PortRange.Parse(new SysctlReader().Read("net.ipv4.ip_local_port_range")) ?? NoNames.Instance.EphemeralPorts;

    public IReadOnlyList<ushort> Ports(string service) => _services.Value.PortsOf(service);

    /// <summary>All addresses of a host; none when it is unknown or the resolver takes longer than five seconds.</summary>
    public IReadOnlyList<HostAddress> Addresses(string host)
    {
        try
        {
            using var patience = new CancellationTokenSource(ResolverPatience);
            IPAddress[] addresses = Dns.GetHostAddressesAsync(host, patience.Token).GetAwaiter().GetResult();
            return Array.ConvertAll(addresses, HostAddress.From);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ArgumentException)
        {
            return [];
        }
    }

    public uint? InterfaceIndex(string name) => _interfaces.Value.IndexOf(name);

    public uint? UserId(string name) => _users.Value.IdOf(name);

    /// <summary>The inode number of the folder in cgroup v2, which is the identifier sockets carry.</summary>
    public ulong? CgroupId(string path)
    {
        if (path.StartsWith("/sys/fs/cgroup/", StringComparison.Ordinal))
        {
            return SmallFile.InodeOf(path);
        }

        return SmallFile.InodeOf("/sys/fs/cgroup/" + path.TrimStart('/')) ?? SmallFile.InodeOf("/sys/fs/cgroup/unified/" + path.TrimStart('/'));
    }
}
