using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>Sets up one interface over rtnetlink, as `ip link`, `ip address` and `ip route` do. Needs CAP_NET_ADMIN.</summary>
internal sealed class InterfaceSetup : IDisposable
{
    private const ushort NewRoute = 24;
    private const ushort AttributeMtu = 4;              // IFLA_MTU
    private const ushort AttributeQueueLength = 13;     // IFLA_TXQLEN
    private const ushort AttributeAddress = 1;          // IFA_ADDRESS, RTA_DST
    private const ushort AttributeLocal = 2;            // IFA_LOCAL
    private const ushort AttributeInterface = 4;        // RTA_OIF
    private const uint Up = 1;                          // IFF_UP
    private const byte WithoutDetection = 2;            // IFA_F_NODAD: nobody else is on this link
    private const byte MainTable = 254;
    private const byte BootProtocol = 3;                // RTPROT_BOOT: as `ip route` writes
    private const byte LinkScope = 253;
    private const byte Unicast = 1;

    private readonly RouteSocket _netlink;
    private readonly string _name;
    private readonly uint _index;

    private InterfaceSetup(string name, uint index, RouteSocket netlink) => (_name, _index, _netlink) = (name, index, netlink);

    /// <exception cref="SystemCallException">There is none of that name in the calling thread's namespace.</exception>
    public static InterfaceSetup Open(string name)
    {
        uint index = Libc.if_nametoindex(name);
        return index != 0 ? new(name, index, RouteSocket.Open()) : throw new SystemCallException($"find interface '{name}'", Marshal.GetLastPInvokeError());
    }

    public void Configure(int mtu, int queueLength)
    {
        RouteRequest request = Link(flags: 0, change: 0);
        request.Add(AttributeMtu, (uint)mtu);
        request.Add(AttributeQueueLength, (uint)queueLength);
        Send(request, $"give '{_name}' an MTU of {mtu} and a queue of {queueLength}");
    }

    public void Raise() => Send(Link(Up, Up), $"set '{_name}' up");

    public void AddAddress(IPAddress address, int prefixLength)
    {
        Span<byte> header = [Family(address), (byte)prefixLength, WithoutDetection, 0, 0, 0, 0, 0];
        MemoryMarshal.Write(header[4..], _index);
        var request = new RouteRequest(LinkMessage.NewAddress, header);
        request.Add(AttributeLocal, address.GetAddressBytes());
        request.Add(AttributeAddress, address.GetAddressBytes());
        Send(request, $"give '{_name}' the address {address}/{prefixLength}");
    }

    public void AddRoute(IPNetwork network)
    {
        Span<byte> header = [Family(network.BaseAddress), (byte)network.PrefixLength, 0, 0, MainTable, BootProtocol, LinkScope, Unicast, 0, 0, 0, 0];
        var request = new RouteRequest(NewRoute, header);
        request.Add(AttributeAddress, network.BaseAddress.GetAddressBytes());
        request.Add(AttributeInterface, _index);
        Send(request, $"route {network} through '{_name}'");
    }

    public void Dispose() => _netlink.Dispose();

    private static byte Family(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? (byte)2 : (byte)10;

    private RouteRequest Link(uint flags, uint change)
    {
        Span<byte> header = stackalloc byte[16];
        header.Clear();
        MemoryMarshal.Write(header[4..], _index);
        MemoryMarshal.Write(header[8..], flags);
        MemoryMarshal.Write(header[12..], change);
        return new RouteRequest(LinkMessage.NewLink, header, changes: true);
    }

    private void Send(RouteRequest request, string tried)
    {
        int errno = request.Ask(_netlink);
        if (errno != 0)
        {
            throw new SystemCallException(tried, errno, errno == Libc.EPERM ? "that needs cap_net_admin: run with sudo" : "");
        }
    }
}
