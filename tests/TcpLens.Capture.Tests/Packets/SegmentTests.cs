using System.Buffers.Binary;
using TcpLens.Protocol;
using static TcpLens.Capture.Tests.BuiltPacket;

namespace TcpLens.Capture.Tests;

public sealed class SegmentTests
{
    [Fact]
    public void Every_field_of_a_SYN_arrives()
    {
        byte[] room = new byte[TcpHeader.MaxLength];
        var options = new TcpOptionsWriter(new byte[40]);
        options.TryAddMaximumSegmentSize(1460);
        options.TryAddSackPermitted();
        options.TryAddTimestamps(0x01020304, 0x05060708);
        options.TryAddWindowScale(new(7));
        options.TryAdd(TcpOptionKind.FastOpen, []);
        var fields = new TcpFields
        {
            SourcePort = 1,
            DestinationPort = 2,
            Sequence = new(3),
            Acknowledgment = new(4),
            Bits = ControlBits.Syn | ControlBits.Ece | ControlBits.Ae,
            Window = new(5),
        };
        int length = fields.WriteTo(room, options.Padded);
        byte[] header = new byte[20];
        new Ipv4Fields { Source = Client, Destination = Server, Protocol = IpProtocol.Tcp, TimeToLive = 61, Ecn = 3, Identification = 77 }.WriteTo(header, length);
        CapturedSegment segment = ReadCapture.OfPacket(LinkType.Raw, [.. header, .. room[..length]]).Only;
        Assert.Equal((1, 2, 3u, 4u, 5), (segment.SourcePort, segment.DestinationPort, segment.Sequence.Value, segment.Acknowledgment.Value, segment.Window.Raw));
        Assert.Equal(ControlBits.Syn | ControlBits.Ece | ControlBits.Ae, segment.Bits);
        Assert.Equal((HostAddress.V4(Client), HostAddress.V4(Server)), (segment.Source, segment.Destination));
        Assert.Equal((61, 3, 77, 44u + 20), (segment.TimeToLive, segment.Ecn, segment.IpIdentification, segment.IpLength));
        Assert.Equal((1460, 7, 0x01020304u, 0x05060708u), (segment.MaximumSegmentSize, segment.WindowShift, segment.TimestampValue, segment.TimestampEcho));
        Assert.Equal(
            SegmentOptions.MaximumSegmentSize | SegmentOptions.SackPermitted | SegmentOptions.Timestamps | SegmentOptions.WindowScale | SegmentOptions.FastOpen,
            segment.Options);
    }

    [Fact]
    public void Sack_blocks_arrive_in_their_order()
    {
        var options = new TcpOptionsWriter(new byte[40]);
        options.TryAddSack((new(1), new(2)), (new(3), new(4)), (new(0xffff_fffe), new(6)));
        CapturedSegment segment = WithOptions(options.Padded);
        Assert.Equal((3, SegmentOptions.Sack), (segment.SackCount, segment.Options));
        Assert.Equal([new(new(1), new(2)), new(new(3), new(4)), new SackBlock(new(0xffff_fffe), new(6))], segment.Sacks[..3].ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 2, 0, 0, 0 })]
    [InlineData(new byte[] { 2, 1, 0, 0 })]
    [InlineData(new byte[] { 8, 10, 0, 0 })]
    [InlineData(new byte[] { 2, 3, 0, 0 })]
    [InlineData(new byte[] { 1, 1, 1, 8 })]
    public void Options_that_do_not_parse_are_said(byte[] options) => Assert.Equal(SegmentOptions.Malformed, WithOptions(options).Options);

    [Fact]
    public void Nothing_of_the_packet_before_is_left_in_a_slot()
    {
        var options = new TcpOptionsWriter(new byte[40]);
        options.TryAddMaximumSegmentSize(1460);
        options.TryAddTimestamps(1, 2);
        options.TryAddSack((new(1), new(2)));
        byte[] rich = Packet(options.Padded.ToArray());
        byte[] bare = Packet([]);
        List<CapturedSegment> segments = ReadCapture.Of(BuiltCapture.Pcap(LinkType.Raw, new BuiltFrame(rich), new BuiltFrame(bare))).Segments;
        CapturedSegment alone = ReadCapture.OfPacket(LinkType.Raw, bare).Only;
        Assert.Equal((alone.Options, alone.SackCount, alone.MaximumSegmentSize, alone.TimestampValue), (segments[1].Options, segments[1].SackCount, segments[1].MaximumSegmentSize, segments[1].TimestampValue));
    }

    [Fact]
    public void A_large_segment_without_a_total_length_is_as_long_as_its_packet()
    {
        byte[] packet = Whole4(payload: 3000);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), 0);
        ReadCapture read = ReadCapture.OfPacket(LinkType.Raw, packet);
        Assert.Equal((3000u, 1L), (read.Only.PayloadLength, read.Tally.LargeSegments));
    }

    [Fact]
    public void A_jumbogram_is_as_long_as_its_packet()
    {
        byte[] packet = Ipv6(Tcp(Payload(3000), Addresses6));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 0);
        Assert.Equal(3000u, ReadCapture.OfPacket(LinkType.Raw, packet).Only.PayloadLength);
    }

    [Theory]
    [InlineData(IpProtocol.HopByHop)]
    [InlineData(IpProtocol.Routing)]
    [InlineData(IpProtocol.DestinationOptions)]
    public void A_segment_is_found_behind_extension_headers(IpProtocol extension)
    {
        byte[] segment = Tcp(Payload(10), Addresses6);
        byte[] packet = Ipv6([(byte)IpProtocol.DestinationOptions, 1, .. new byte[14], (byte)IpProtocol.Tcp, 0, .. new byte[6], .. segment], extension);
        Assert.Equal(10u, ReadCapture.OfPacket(LinkType.Raw, packet).Only.PayloadLength);
    }

    [Fact]
    public void A_segment_is_found_behind_an_authentication_header()
    {
        byte[] packet = Ipv6([(byte)IpProtocol.Tcp, 4, .. new byte[22], .. Tcp(Payload(10), Addresses6)], IpProtocol.Authentication);
        Assert.Equal(10u, ReadCapture.OfPacket(LinkType.Raw, packet).Only.PayloadLength);
    }

    [Fact]
    public void Extension_headers_without_end_are_given_up()
    {
        byte[] headers = [.. Enumerable.Repeat<byte[]>([(byte)IpProtocol.DestinationOptions, 0, 0, 0, 0, 0, 0, 0], 100).SelectMany(header => header)];
        Assert.Equal(1, ReadCapture.OfPacket(LinkType.Raw, Ipv6(headers, IpProtocol.DestinationOptions)).Tally[PacketFault.TooManyLayers]);
    }

    [Fact]
    public void Options_of_IPv4_are_no_part_of_the_segment()
        => Assert.Equal(10u, ReadCapture.OfPacket(LinkType.Raw, Ipv4(Tcp(Payload(10), Addresses4), options: [7, 3, 4, 0])).Only.PayloadLength);

    [Theory]
    [InlineData(12, 0x40, PacketFault.TcpDataOffset)]
    [InlineData(12, 0xf0, PacketFault.TcpDataOffsetBeyondEnd)]
    [InlineData(-20, 0x44, PacketFault.IpHeaderLength)]
    [InlineData(-20, 0x75, PacketFault.IpVersion)]
    [InlineData(-17, 19, PacketFault.IpTotalLength)]
    [InlineData(-17, 30, PacketFault.HeaderBeyondEnd)]
    public void What_contradicts_itself_is_malformed_and_named(int at, byte value, PacketFault fault)
    {
        byte[] packet = Whole4();
        packet[20 + at] = value;
        ReadCapture read = ReadCapture.OfPacket(at == -20 && value == 0x75 ? LinkType.Ipv4 : LinkType.Raw, packet);
        Assert.Empty(read.Segments);
        Assert.Equal((1, 1), (read.Tally[fault], read.Tally[PacketKind.Malformed]));
    }

    private static CapturedSegment WithOptions(ReadOnlySpan<byte> options) => ReadCapture.OfPacket(LinkType.Raw, Packet(options.ToArray())).Only;

    private static byte[] Packet(byte[] options)
    {
        byte[] room = new byte[TcpHeader.MaxLength];
        int length = new TcpFields { Bits = ControlBits.Ack }.WriteTo(room, options);
        return Ipv4(room[..length]);
    }
}
