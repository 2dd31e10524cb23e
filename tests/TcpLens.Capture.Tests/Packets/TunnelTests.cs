using TcpLens.Protocol;
using static TcpLens.Capture.Tests.BuiltPacket;

namespace TcpLens.Capture.Tests;

/// <summary>A segment is found inside of every tunnel, and left alone when tunnels are not to be opened.</summary>
public sealed class TunnelTests
{
    public static TheoryData<string> Tunnels { get; } = [.. Packets().Select(packet => packet.What)];

    [Theory]
    [MemberData(nameof(Tunnels))]
    public void A_segment_is_found_inside(string tunnel)
    {
        ReadCapture read = ReadCapture.OfPacket(LinkType.Raw, Find(tunnel));
        Assert.Equal((ClientPort, ServerPort, 10u), (read.Only.SourcePort, read.Only.DestinationPort, read.Only.PayloadLength));
        Assert.Equal(ChecksumVerdict.Good, read.Only.Checksum);
    }

    [Theory]
    [MemberData(nameof(Tunnels))]
    public void A_tunnel_that_is_not_to_be_opened_is_no_segment(string tunnel)
    {
        ReadCapture read = ReadCapture.OfPacket(LinkType.Raw, Find(tunnel), new() { OpensTunnels = false });
        Assert.Empty(read.Segments);
        Assert.Equal(1, read.Tally[PacketKind.Udp] + read.Tally[PacketKind.OtherIp]);
    }

    [Theory]
    [InlineData(4789)]
    [InlineData(6081)]
    [InlineData(2152)]
    [InlineData(1701)]
    [InlineData(3544)]
    [InlineData(5072)]
    [InlineData(4341)]
    public void Udp_on_the_port_of_a_tunnel_that_is_not_the_tunnel_is_udp(ushort port)
    {
        ReadCapture read = ReadCapture.OfPacket(LinkType.Raw, Ipv4(Udp([0xc4, 0x07, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8], port), IpProtocol.Udp));
        Assert.Equal(1, read.Tally[PacketKind.Udp]);
    }

    [Fact]
    public void Tunnels_without_end_are_given_up()
    {
        byte[] packet = Whole4();
        for (int depth = 0; depth < 100; depth++)
        {
            packet = Ipv4(packet, IpProtocol.Ipv4);
        }

        ReadCapture read = ReadCapture.OfPacket(LinkType.Raw, packet);
        Assert.Equal(1, read.Tally[PacketFault.TooManyLayers]);
    }

    private static byte[] Find(string tunnel) => Packets().First(packet => packet.What == tunnel).Octets;

    private static IEnumerable<(string What, byte[] Octets)> Packets()
    {
        byte[] four = Whole4();
        byte[] six = Whole6();
        byte[] ethernet = Ethernet(four);
        yield return ("IPIP", Ipv4(four, IpProtocol.Ipv4));
        yield return ("6in4", Ipv4(six, IpProtocol.Ipv6));
        yield return ("4in6", Ipv6(four, IpProtocol.Ipv4));
        yield return ("6in6", Ipv6(six, IpProtocol.Ipv6));
        yield return ("EtherIP", Ipv4([0x30, 0, .. ethernet], IpProtocol.EtherIp));
        yield return ("MPLS in IP", Ipv4([0, 1, 1, 64, .. four], IpProtocol.Mpls));
        yield return ("GRE", Gre([0, 0, 8, 0, .. four]));
        yield return ("GRE with all fields", Gre([0xb0, 0, 0x86, 0xdd, .. new byte[12], .. six]));
        yield return ("GRE of PPTP", Gre([0x30, 0x81, 0x88, 0x0b, .. new byte[12], 0xff, 3, 0, 0x21, .. four]));
        yield return ("Ethernet in GRE", Gre([0, 0, 0x65, 0x58, .. ethernet]));
        yield return ("ERSPAN I", Gre([0, 0, 0x88, 0xbe, .. ethernet]));
        yield return ("ERSPAN II", Gre([0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, .. new byte[7], .. ethernet]));
        yield return ("ERSPAN III", Gre([0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, .. new byte[10], 1, .. new byte[8], .. ethernet]));
        yield return ("WCCP", Gre([0, 0, 0x88, 0x3e, 0, 0, 0, 0, .. four]));
        yield return ("VXLAN", Ipv4(Udp([8, 0, 0, 0, 0, 0, 1, 0, .. ethernet], 4789), IpProtocol.Udp));
        yield return ("VXLAN-GPE", Ipv4(Udp([12, 0, 0, 2, 0, 0, 1, 0, .. six], 4790), IpProtocol.Udp));
        yield return ("GENEVE", Ipv4(Udp([0, 0, 0x65, 0x58, 0, 0, 1, 0, .. ethernet], 6081), IpProtocol.Udp));
        yield return ("GENEVE with options", Ipv4(Udp([2, 0, 8, 0, 0, 0, 1, 0, .. new byte[8], .. four], 6081), IpProtocol.Udp));
        yield return ("GTP", Ipv4(Udp([0x30, 255, 0, 0, 0, 0, 0, 1, .. four], 2152), IpProtocol.Udp));
        yield return ("GTP with an extension", Ipv4(Udp([0x34, 255, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x85, 1, 0, 0, 0, .. four], 2152), IpProtocol.Udp));
        yield return ("L2TP", Ipv4(Udp([0x40, 2, 0, 60, 0, 1, 0, 1, 0xff, 3, 0, 0x21, .. four], 1701), IpProtocol.Udp));
        yield return ("AYIYA", Ipv4(Udp([0x41, 0x52, 0x11, 41, 0, 0, 0, 0, .. new byte[36], .. six], 5072), IpProtocol.Udp));
        yield return ("LISP", Ipv4(Udp([0x80, 0, 0, 0, 0, 0, 0, 0, .. four], 4341), IpProtocol.Udp));
        yield return ("Teredo", Ipv4(Udp([0, 1, 0, 0, .. new byte[9], 0, 0, .. new byte[6], .. six], 3544), IpProtocol.Udp));
    }

    private static byte[] Gre(byte[] octets) => Ipv4(octets, IpProtocol.Gre);
}
