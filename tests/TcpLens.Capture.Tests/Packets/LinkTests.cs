using TcpLens.Protocol;
using static TcpLens.Capture.Tests.BuiltPacket;

namespace TcpLens.Capture.Tests;

/// <summary>A segment is found behind every link's header, and nothing is found when that header is cut.</summary>
public sealed class LinkTests
{
    private static readonly byte[] Snap = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0];

    public static TheoryData<LinkType, string> Links { get; } = [.. Packets().Select(packet => (packet.Link, packet.What))];

    [Theory]
    [MemberData(nameof(Links))]
    public void A_segment_is_found_behind_its_link(LinkType link, string what)
    {
        ReadCapture read = ReadCapture.OfPacket(link, Find(link, what));
        Assert.Equal((ClientPort, ServerPort, 10u, 1000u), (read.Only.SourcePort, read.Only.DestinationPort, read.Only.PayloadLength, read.Only.Sequence.Value));
        Assert.Equal(Payload(10), Assert.Single(read.Payloads));
        Assert.Equal(ChecksumVerdict.Good, read.Only.Checksum);
        Assert.Equal(1, read.Tally[PacketKind.Tcp]);
    }

    [Theory]
    [MemberData(nameof(Links))]
    public void A_packet_cut_anywhere_is_counted_and_never_more_than_what_is_there(LinkType link, string what)
    {
        byte[] packet = Find(link, what);
        for (int length = 0; length < packet.Length; length++)
        {
            var frame = new BuiltFrame(packet[..length], Length: (uint)packet.Length);
            ReadCapture read = ReadCapture.Of(BuiltCapture.Pcap(link, frame));
            Assert.Equal(1, read.Tally.Packets);
            Assert.Equal(1, Enum.GetValues<PacketKind>().Sum(kind => read.Tally[kind]));
            Assert.Equal(0, read.Tally[PacketKind.Malformed]);
            Assert.All(read.Segments, segment => Assert.True(segment is { PayloadLength: 10, CapturedPayload: < 10, Checksum: ChecksumVerdict.Unchecked, IsTruncated: true }));
        }
    }

    [Fact]
    public void Padding_behind_the_packet_is_no_payload()
    {
        ReadCapture read = ReadCapture.OfPacket(LinkType.Ethernet, [.. Ethernet(Whole4(payload: 0)), .. new byte[6]]);
        Assert.Equal((0u, 0, -1), (read.Only.PayloadLength, read.Only.CapturedPayload, read.Only.PayloadOffset));
        Assert.False(read.Only.IsTruncated);
    }

    [Fact]
    public void A_link_type_that_is_not_read_is_named_and_counted()
    {
        ReadCapture read = ReadCapture.OfPacket((LinkType)147, Whole4());
        Assert.Empty(read.Segments);
        Assert.Equal(1, read.Tally.UnknownLinks[(LinkType)147]);
        Assert.Equal("link type 147", ((LinkType)147).Text());
    }

    private static byte[] Find(LinkType link, string what) => Packets().First(packet => packet.Link == link && packet.What == what).Octets;

    private static IEnumerable<(LinkType Link, string What, byte[] Octets)> Packets()
    {
        byte[] four = Whole4();
        byte[] six = Whole6();
        yield return (LinkType.Ethernet, "IPv4", Ethernet(four));
        yield return (LinkType.Ethernet, "IPv6", Ethernet(six, EtherType.Ipv6));
        yield return (LinkType.Ethernet, "VLAN", Ethernet(Vlan(four, 5, EtherType.Ipv4), EtherType.Vlan));
        yield return (LinkType.Ethernet, "802.1ad", Ethernet(Vlan(Vlan(six, 5, EtherType.Ipv6), 6, EtherType.Vlan), EtherType.ServiceVlan));
        yield return (LinkType.Ethernet, "QinQ of old", Ethernet(Vlan(Vlan(four, 5, EtherType.Ipv4), 6, EtherType.Vlan), EtherType.OldServiceVlan));
        yield return (LinkType.Ethernet, "802.1BR", Ethernet([0, 0, 0, 0, 0, 0, 8, 0, .. four], EtherType.PortExtension));
        yield return (LinkType.Ethernet, "LLC and SNAP", Ethernet([.. Snap, .. four], (EtherType)(four.Length + 8)));
        yield return (LinkType.Ethernet, "PPPoE", Ethernet([0x11, 0, 0, 1, 0, (byte)(four.Length + 2), 0, 0x21, .. four], EtherType.PppoeSession));
        yield return (LinkType.Ethernet, "MPLS", Ethernet([0, 1, 0, 64, 0, 2, 1, 64, .. four], EtherType.Mpls));
        yield return (LinkType.Ethernet, "pseudowire", Ethernet([0, 1, 1, 64, 0, 0, 0, 0, .. Ethernet(four)], EtherType.Mpls));
        yield return (LinkType.Ethernet, "VN-tag", Ethernet([0, 0, 0, 0, 8, 0, .. four], EtherType.VnTag));
        yield return (LinkType.Ethernet, "HSR", Ethernet([0, 0, 0, 0, 0x86, 0xdd, .. six], EtherType.Hsr));
        yield return (LinkType.Ethernet, "802.1ah", Ethernet([0, 0, 0, 5, .. Ethernet(four)], EtherType.BackboneService));
        yield return (LinkType.Ethernet, "FabricPath", Ethernet([0, 0x41, .. Ethernet(four)], EtherType.FabricPath));
        yield return (LinkType.Ethernet, "service header", Ethernet([0x0f, 0xc6, 1, 3, .. new byte[20], .. Ethernet(four)], EtherType.ServiceHeader));
        yield return (LinkType.Mpls, "one label", [0, 1, 1, 64, .. six]);
        yield return (LinkType.Slip, "BSD header", [.. new byte[16], .. four]);
        yield return (LinkType.LinuxCooked, "IPv4", [.. new byte[14], 8, 0, .. four]);
        yield return (LinkType.LinuxCooked, "802.2", [.. new byte[14], 0, 4, .. Snap, .. four]);
        yield return (LinkType.LinuxCooked2, "IPv6", [0x86, 0xdd, .. new byte[18], .. six]);
        yield return (LinkType.Null, "little-endian", [2, 0, 0, 0, .. four]);
        yield return (LinkType.Null, "big-endian", [0, 0, 0, 30, .. six]);
        yield return (LinkType.Loop, "IPv6 of FreeBSD", [0, 0, 0, 28, .. six]);
        yield return (LinkType.Raw, "IPv4", four);
        yield return (LinkType.RawBsd, "IPv6", six);
        yield return (LinkType.RawOpenBsd, "IPv4", four);
        yield return (LinkType.Ipv4, "IPv4", four);
        yield return (LinkType.Ipv6, "IPv6", six);
        yield return (LinkType.Ppp, "bare", [0, 0x21, .. four]);
        yield return (LinkType.Ppp, "compressed", [0x57, .. six]);
        yield return (LinkType.PppSerial, "framed", [0xff, 3, 0, 0x57, .. six]);
        yield return (LinkType.PppSerial, "Cisco", [0x0f, 0, 8, 0, .. four]);
        yield return (LinkType.PppWithDirection, "framed", [1, 0xff, 3, 0, 0x21, .. four]);
        yield return (LinkType.PppLinux, "framed", [0, 3, 0, 0x21, .. four]);
        yield return (LinkType.PppEther, "session", [0x11, 0, 0, 1, 0, (byte)(four.Length + 2), 0, 0x21, .. four]);
        yield return (LinkType.CiscoHdlc, "IPv4", [0x0f, 0, 8, 0, .. four]);
        yield return (LinkType.AtmLlc, "SNAP", [.. Snap, .. four]);
        yield return (LinkType.TokenRing, "plain", [0x10, 0x40, .. new byte[12], .. Snap, .. four]);
        yield return (LinkType.TokenRing, "routed", [0x10, 0x40, .. new byte[6], 0x80, .. new byte[5], 4, 0, 0, 0, .. Snap, .. four]);
        yield return (LinkType.Fddi, "SNAP", [0x50, .. new byte[12], .. Snap, .. four]);
        yield return (LinkType.Arcnet, "RFC 1201", [1, 2, 212, 0, 0, 0, .. four]);
        yield return (LinkType.LinuxArcnet, "RFC 1051", [1, 2, 0, 0, 240, .. four]);
        yield return (LinkType.Wireless, "data", [0x08, 1, .. new byte[22], .. Snap, .. four]);
        yield return (LinkType.Wireless, "QoS between access points", [0x88, 3, .. new byte[30], .. Snap, .. four]);
        yield return (LinkType.Wireless, "several frames in one", [0x88, 1, .. new byte[22], 0x80, 0, .. new byte[12], 0, 100, .. Snap, .. four]);
        yield return (LinkType.Radiotap, "clock, flags and padding", [0, 0, 17, 0, 3, 0, 0, 0, .. new byte[8], 0x20, 0x88, 1, .. new byte[24], 0, 0, .. Snap, .. four]);
        yield return (LinkType.Prism, "data", [.. new byte[144], 0x08, 1, .. new byte[22], .. Snap, .. four]);
        yield return (LinkType.Avs, "data", [0x80, 0x21, 0x10, 1, 0, 0, 0, 64, .. new byte[56], 0x08, 1, .. new byte[22], .. Snap, .. four]);
        yield return (LinkType.Ppi, "Ethernet", [0, 0, 8, 0, 1, 0, 0, 0, .. Ethernet(four)]);
        yield return (LinkType.PkTap, "raw", [12, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0, .. four]);
        yield return (LinkType.Enc, "IPv6", [.. new byte[12], .. six]);
        yield return (LinkType.NetAnalyzer, "Ethernet", [0, 0, 0, 0, .. Ethernet(four)]);
        yield return (LinkType.PfLog, "IPv4", [45, .. new byte[47], .. four]);
        yield return (LinkType.NfLog, "with a prefix", [2, 0, 0, 0, 6, 0, 10, 0, (byte)'x', 0, 0, 0, (byte)(four.Length + 4), 0, 9, 0, .. four]);
        yield return (LinkType.JuniperEthernet, "extensions", [(byte)'M', (byte)'G', (byte)'C', 0x80, 0, 2, 1, 1, .. Ethernet(four)]);
    }
}
