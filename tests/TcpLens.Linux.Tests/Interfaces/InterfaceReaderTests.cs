using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Interfaces;

public sealed class InterfaceReaderTests
{
    [RootFact]
    public void Interfaces_have_their_addresses_and_a_tun_is_a_tunnel()
    {
        using TestNamespace ns = new();
        ns.Execute("ip", "tuntap", "add", "wire", "mode", "tun").EnsureSuccess();
        ns.Execute("ip", "tuntap", "add", "plug", "mode", "tap").EnsureSuccess();
        ns.Execute("ip", "link", "add", "in", "mtu", "1400", "type", "veth", "peer", "name", "out").EnsureSuccess();
        ns.Execute("ip", "link", "add", "vx", "type", "vxlan", "id", "5", "remote", "10.0.0.2", "dstport", "4789").EnsureSuccess();
        ns.Execute("ip", "address", "add", "10.0.0.1", "peer", "10.0.0.2", "dev", "wire").EnsureSuccess();
        ns.Execute("ip", "address", "add", "2001:db8::1/64", "dev", "in", "nodad").EnsureSuccess();
        ns.Execute("ip", "link", "set", "in", "up").EnsureSuccess();

        Dictionary<string, InterfaceFacts> found = ns.Run(InterfaceReader.Read).ToDictionary(link => link.Name);

        Assert.True(found["lo"] is { IsLoopback: true, IsUp: true, IsTunnel: false, MtuBytes: 65536 });
        Assert.Equal(["127.0.0.1", "::1"], found["lo"].Addresses.Select(address => address.ToString()));
        Assert.True(found["wire"] is { IsTunnel: true, IsUp: false, IsLoopback: false, MtuBytes: 1500 });
        Assert.Equal("10.0.0.1", Assert.Single(found["wire"].Addresses).ToString());
        Assert.True(found["in"] is { IsTunnel: false, IsUp: true, MtuBytes: 1400 });
        Assert.Contains("2001:db8::1", found["in"].Addresses.Select(address => address.ToString()));
        Assert.True(found["vx"].IsTunnel);
        Assert.False(found["plug"].IsTunnel);
        Assert.All(found.Values, link => Assert.NotEqual(0u, link.Index));
    }

    [Theory]
    [InlineData(null, 65534, true)]
    [InlineData(null, 776, true)]
    [InlineData(null, 1, false)]
    [InlineData(null, 772, false)]
    [InlineData("gretap", 1, true)]
    [InlineData("wireguard", 65534, true)]
    [InlineData("bridge", 1, false)]
    [InlineData("tun", 65534, true)]
    [InlineData("tun", 1, false)]
    public void A_tunnel_is_known_by_its_driver_or_by_its_hardware_type(string? kind, ushort hardwareType, bool expected)
        => Assert.Equal(expected, Tunnels.IsTunnel(kind, hardwareType));

    [Fact]
    public void A_message_cut_at_any_octet_is_a_smaller_answer_or_none()
    {
        byte[] whole = [0, 0, 1, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 3, 0, (byte)'e', (byte)'t', (byte)'h', (byte)'0', 0, 0, 0, 0, 8, 0, 4, 0, 0xdc, 5, 0, 0];
        Assert.True(LinkMessage.Link(whole) is { Index: 7, Name: "eth0", MtuBytes: 1500, IsUp: true });
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.True(LinkMessage.Link(whole.AsSpan(0, length)) is null or { Index: 7, Name: "eth0", MtuBytes: 0 });
        }
    }

    [Fact]
    public void Any_octets_at_all_are_a_value_and_never_an_exception()
        => Prop.ForAll<byte[]>(octets =>
        {
            _ = LinkMessage.Link(octets);
            _ = LinkMessage.Address(octets);
            byte[] datagram = new byte[16 + octets.Length];
            BinaryPrimitives.WriteInt32LittleEndian(datagram, datagram.Length);
            datagram[4] = (byte)LinkMessage.NewLink;
            octets.CopyTo(datagram, 16);
            using var recorded = new RecordedNetlink([[datagram], [datagram]]);
            return InterfaceReader.Read(recorded).Count <= 1;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_error_of_the_kernel_is_said()
    {
        byte[] error = new byte[36];
        error[0] = 36;
        error[4] = 2;
        BinaryPrimitives.WriteInt32LittleEndian(error.AsSpan(16), -1);
        using var recorded = new RecordedNetlink([[error]]);

        SystemCallException refused = Assert.Throws<SystemCallException>(() => InterfaceReader.Read(recorded));
        Assert.Equal(1, refused.Errno);
    }
}
