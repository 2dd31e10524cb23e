using System.Net;
using System.Net.Sockets;
using TcpLens.Diagnosis;

namespace TcpLens.Cli.Tests.Explain;

/// <summary>A firewall answers a SYN with the ICMP error of the table, and connect() fails with the errno of the table.</summary>
public sealed class IcmpErrnoTests
{
    [RootTheory]
    [InlineData(4, 3, 0, "icmp type net-unreachable")]
    [InlineData(4, 3, 1, "icmp type host-unreachable")]
    [InlineData(4, 3, 2, "icmp type prot-unreachable")]
    [InlineData(4, 3, 3, "icmp type port-unreachable")]
    [InlineData(4, 3, 9, "icmp type net-prohibited")]
    [InlineData(4, 3, 10, "icmp type host-prohibited")]
    [InlineData(4, 3, 13, "icmp type admin-prohibited")]
    [InlineData(6, 1, 0, "icmpv6 type no-route")]
    [InlineData(6, 1, 1, "icmpv6 type admin-prohibited")]
    [InlineData(6, 1, 3, "icmpv6 type addr-unreachable")]
    [InlineData(6, 1, 4, "icmpv6 type port-unreachable")]
    [InlineData(6, 1, 5, "icmpv6 type policy-fail")]
    [InlineData(6, 1, 6, "icmpv6 type reject-route")]
    public void A_connect_ends_with_the_errno_that_the_table_says(int family, int type, int code, string reject)
    {
        IcmpErrno row = Assert.Single(IcmpErrnos.All, row => (row.Family, row.Type, row.Code) == (family, type, code));
        using var ns = new TestNamespace();
        ns.LoadFirewall($$"""
            add table inet refuse
            add chain inet refuse input { type filter hook input priority 0; }
            add rule inet refuse input tcp dport 9 reject with {{reject}}
            """);

        SocketException failure = ns.Run(() => Assert.Throws<SocketException>(() =>
        {
            IPAddress address = family == 4 ? IPAddress.Loopback : IPAddress.IPv6Loopback;
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(new IPEndPoint(address, 9));
        }));

        Assert.Equal(ErrnoCatalog.Find(row.Symbol)!.Number, failure.NativeErrorCode);
    }
}
