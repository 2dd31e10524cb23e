using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>Where the host under test and the peer that the script plays are.</summary>
/// <param name="Local">Of the host.</param>
/// <param name="Remote">Of the peer.</param>
/// <param name="BindPort">That "bind(3, ..., ...)" means.</param>
/// <param name="ConnectPort">That "connect(3, ..., ...)" means.</param>
internal sealed record ScriptAddresses(HostAddress Local, HostAddress Remote, ushort BindPort, ushort ConnectPort)
{
    /// <summary>IPv4 on IPv6 sockets; only programs that show sockets tell the difference.</summary>
    public bool IsMapped { get; private init; }

    public bool IsV4 => Local.IsV4Mapped;

    /// <exception cref="UnsupportedFeatureException">An address that is none.</exception>
    public static ScriptAddresses Of(IReadOnlyDictionary<string, string> options)
    {
        bool isV6 = options.GetValueOrDefault("ip_version") == "ipv6";
        return new(
            Address(options, "local_ip", isV6 ? "fd3d:a0b:17d6::1" : "192.168.0.1"),
            Address(options, "remote_ip", isV6 ? "fd3d:fa7b:d17d::1" : "192.0.2.1"),
            Port(options, "bind_port"),
            Port(options, "connect_port"))
        {
            IsMapped = options.GetValueOrDefault("ip_version") == "ipv4-mapped-ipv6",
        };
    }

    /// <summary>Octets of payload that fit a packet without options.</summary>
    public int SegmentSize(int mtu) => Math.Max(mtu - (IsV4 ? 40 : 60), 64);

    private static HostAddress Address(IReadOnlyDictionary<string, string> options, string name, string otherwise)
    {
        string text = options.GetValueOrDefault(name) ?? otherwise;
        return HostAddress.Parse(text) ?? throw new UnsupportedFeatureException($"--{name}={text}");
    }

    private static ushort Port(IReadOnlyDictionary<string, string> options, string name)
        => !options.TryGetValue(name, out string? text) ? (ushort)8080
            : ushort.TryParse(text, out ushort port) ? port
            : throw new UnsupportedFeatureException($"--{name}={text}");
}
