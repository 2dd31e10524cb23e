using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Filters;

/// <summary>A small machine's names.</summary>
internal sealed class KnownNames : INameLookup
{
    public PortRange EphemeralPorts => new(40000, 50000);

    public IReadOnlyList<ushort> Ports(string service) => service switch
    {
        "ssh" => [22],
        "http-alt" => [8008, 8080],
        _ => [],
    };

    public IReadOnlyList<HostAddress> Addresses(string host) => host switch
    {
        "both" => [HostAddress.Parse("192.0.2.7")!.Value, HostAddress.Parse("2001:db8::7")!.Value],
        "four" => [HostAddress.Parse("192.0.2.4")!.Value],
        _ => [],
    };

    public uint? InterfaceIndex(string name) => name == "lo" ? 1u : null;

    public uint? UserId(string name) => name == "www-data" ? 33u : null;

    public ulong? CgroupId(string path) => path.StartsWith("/known", StringComparison.Ordinal) ? (ulong)path.Length : null;
}
