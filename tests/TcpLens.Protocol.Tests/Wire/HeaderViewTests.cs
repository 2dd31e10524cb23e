using System.Buffers.Binary;

namespace TcpLens.Protocol.Tests;

public sealed class HeaderViewTests
{
    [Fact]
    public void No_view_throws_or_lies_however_short_the_octets()
    {
        CutEverywhere<EthernetHeader>([.. new byte[EthernetHeader.Length]], EthernetHeader.Length);
        CutEverywhere<VlanTag>([.. new byte[VlanTag.Length]], VlanTag.Length);
        CutEverywhere<Ipv4Header>([0x45, .. new byte[19]], Ipv4Header.MinLength);
        CutEverywhere<Ipv6Header>([0x60, .. new byte[39]], Ipv6Header.Length);
        CutEverywhere<Ipv6Extension>([.. new byte[8]], Ipv6Extension.MinLength);
        CutEverywhere<TcpHeader>([.. new byte[12], 0x50, .. new byte[7]], TcpHeader.MinLength);
        CutEverywhere<UdpHeader>([.. new byte[8]], UdpHeader.HeaderLength);
        CutEverywhere<IcmpHeader>([.. new byte[8]], IcmpHeader.Length);
    }

    [Fact]
    public void An_Ethernet_header_is_read_as_it_was_written()
    {
        byte[] octets = new byte[EthernetHeader.Length];
        EthernetHeader.Write(octets, [1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], EtherType.Ipv6);
        Assert.True(EthernetHeader.TryParse(octets, out EthernetHeader header, out _));
        Assert.Equal([1, 2, 3, 4, 5, 6], header.Destination.ToArray());
        Assert.Equal([7, 8, 9, 10, 11, 12], header.Source.ToArray());
        Assert.Equal((EtherType.Ipv6, false), (header.Type, header.IsLength));
    }

    [Fact]
    public void A_small_type_is_a_length()
    {
        Assert.True(EthernetHeader.TryParse([.. new byte[12], 5, 0xdc], out EthernetHeader header, out _));
        Assert.True(header.IsLength);
    }

    [Fact]
    public void A_VLAN_tag_is_read_as_it_was_written()
    {
        byte[] octets = new byte[VlanTag.Length];
        VlanTag.Write(octets, 4094, EtherType.Ipv4);
        octets[0] |= 5 << 5;
        Assert.True(VlanTag.TryParse(octets, out VlanTag tag, out _));
        Assert.Equal((4094, 5, EtherType.Ipv4), (tag.Identifier, tag.Priority, tag.Type));
    }

    [Theory]
    [InlineData(0x65, HeaderFault.Version)]
    [InlineData(0x44, HeaderFault.LengthTooSmall)]
    [InlineData(0x45, HeaderFault.None)]
    public void An_IPv4_header_is_refused_by_reason(byte first, HeaderFault expected)
    {
        bool parsed = Ipv4Header.TryParse([first, .. new byte[19]], out _, out HeaderFault fault);
        Assert.Equal((expected == HeaderFault.None, expected), (parsed, fault));
    }

    [Fact]
    public void An_IPv4_header_is_read_as_it_was_written_and_its_checksum_is_right()
    {
        byte[] octets = new byte[28];
        var fields = new Ipv4Fields
        {
            Source = 0x01020304,
            Destination = 0x05060708,
            Protocol = IpProtocol.Udp,
            TimeToLive = 3,
            Ecn = 2,
            Identification = 0x1234,
            DontFragment = true,
            MoreFragments = true,
            FragmentOffset = 65_528,
        };
        Assert.Equal(28, fields.WriteTo(octets, payloadLength: 100, [7, 7, 0, 0, 0, 0, 0, 0]));
        Assert.True(Ipv4Header.TryParse(octets, out Ipv4Header header, out _));
        Assert.Equal((28, 128, IpProtocol.Udp, 3, 2, 0x1234), (header.HeaderLength, header.TotalLength, header.Protocol, header.TimeToLive, header.Ecn, header.Identification));
        Assert.Equal((0x01020304u, 0x05060708u, 65_528), (header.Source, header.Destination, header.FragmentOffset));
        Assert.True(header is { DontFragment: true, MoreFragments: true, IsFragment: true });
        Assert.Equal(0xffff, InternetChecksum.Sum(octets));
    }

    [Fact]
    public void An_IPv6_header_is_read_as_it_was_written()
    {
        byte[] octets = new byte[Ipv6Header.Length];
        byte[] addresses = [.. Enumerable.Range(0, 32).Select(at => (byte)at)];
        new Ipv6Fields(IpProtocol.Tcp, HopLimit: 9, Ecn: 3).WriteTo(octets, addresses, payloadLength: 1280);
        Assert.True(Ipv6Header.TryParse(octets, out Ipv6Header header, out _));
        Assert.Equal((1280, IpProtocol.Tcp, 9, 3), (header.PayloadLength, header.NextHeader, header.HopLimit, header.Ecn));
        Assert.Equal(addresses, header.Addresses.ToArray());
        Assert.Equal(addresses[..16], header.Source.ToArray());
        Assert.Equal(addresses[16..], header.Destination.ToArray());
    }

    [Fact]
    public void A_fragment_header_says_place_and_more()
    {
        Assert.True(Ipv6Extension.TryParse([6, 0, 0x12, 0x39, 0, 0, 0, 7], out Ipv6Extension fragment, out _));
        Assert.Equal((IpProtocol.Tcp, 0x1238, true, 7u), (fragment.NextHeader, fragment.FragmentOffset, fragment.MoreFragments, fragment.Identification));
    }

    [Theory]
    [InlineData(IpProtocol.HopByHop, 3, 32)]
    [InlineData(IpProtocol.Authentication, 4, 24)]
    [InlineData(IpProtocol.Fragment, 200, 8)]
    public void Extension_headers_count_their_length_in_their_own_way(IpProtocol kind, byte field, int expected)
    {
        Assert.True(Ipv6Extension.TryParse([6, field, 0, 0, 0, 0, 0, 0], out Ipv6Extension extension, out _));
        Assert.Equal(expected, extension.LengthAs(kind));
    }

    [Fact]
    public void A_TCP_header_is_read_as_it_was_written()
    {
        byte[] octets = new byte[TcpHeader.MaxLength];
        var fields = new TcpFields
        {
            SourcePort = 1,
            DestinationPort = 65_535,
            Sequence = new(0xffff_ffff),
            Acknowledgment = new(7),
            Bits = ControlBits.All,
            Window = new(512),
            UrgentPointer = 3,
        };
        int length = fields.WriteTo(octets, [1, 1, 1, 0]);
        Assert.True(TcpHeader.TryParse(octets.AsSpan(0, length), out TcpHeader header, out _));
        Assert.Equal((24, 1, 65_535, 0xffff_ffffu, 7u), (header.HeaderLength, header.SourcePort, header.DestinationPort, header.Sequence.Value, header.Acknowledgment.Value));
        Assert.Equal((ControlBits.All, 512, 3, 0), (header.Bits, header.Window.Raw, header.UrgentPointer, header.Checksum));
        Assert.False(header.IsCut);
        Assert.True(TcpHeader.TryParse(octets.AsSpan(0, 22), out header, out _));
        Assert.True(header.IsCut);
    }

    [Fact]
    public void A_data_offset_below_five_words_is_refused()
    {
        byte[] octets = new byte[20];
        octets[12] = 0x40;
        Assert.False(TcpHeader.TryParse(octets, out _, out HeaderFault fault));
        Assert.Equal(HeaderFault.LengthTooSmall, fault);
    }

    [Fact]
    public void Udp_and_icmp_headers_say_what_stands_there()
    {
        byte[] octets = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(octets, 0x0102_0304_0506_0708);
        Assert.True(UdpHeader.TryParse(octets, out UdpHeader udp, out _));
        Assert.Equal((0x0102, 0x0304, 0x0506, 0x0708), (udp.SourcePort, udp.DestinationPort, udp.Length, udp.Checksum));
        Assert.True(IcmpHeader.TryParse(octets, out IcmpHeader icmp, out _));
        Assert.Equal((1, 2, 0x0304, false, true), (icmp.Type, icmp.Code, icmp.Checksum, icmp.IsErrorV4, icmp.IsErrorV6));
    }

    [Fact]
    public void Nothing_is_written_where_there_is_no_room()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => default(TcpFields).WriteTo(new byte[19], []));
        Assert.Throws<ArgumentOutOfRangeException>(static () => default(TcpFields).WriteTo(new byte[80], new byte[44]));
        Assert.Throws<ArgumentOutOfRangeException>(static () => default(TcpFields).WriteTo(new byte[80], new byte[3]));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new Ipv4Fields().WriteTo(new byte[20], 65_516));
    }

    private static void CutEverywhere<T>(byte[] octets, int needed)
        where T : IHeaderView<T>, allows ref struct
    {
        for (int length = 0; length <= octets.Length; length++)
        {
            bool parsed = T.TryParse(octets.AsSpan(0, length), out _, out HeaderFault fault);
            Assert.Equal((length >= needed, length >= needed ? HeaderFault.None : HeaderFault.TooShort), (parsed, fault));
        }
    }
}
