using TcpLens.Protocol;
using static TcpLens.Capture.Tests.BuiltPacket;

namespace TcpLens.Capture.Tests;

public sealed class IcmpErrorTests
{
    [Fact]
    public void An_error_shows_the_segment_that_it_quotes()
    {
        byte[] quoted = Whole4(sequence: 4711)[..28];
        CapturedSegment segment = ReadCapture.OfPacket(LinkType.Raw, Ipv4([3, 4, 0, 0, 0, 0, 5, 0, .. quoted], IpProtocol.Icmp)).Only;
        Assert.Equal((SegmentKind.IcmpError, 3, 4), (segment.Kind, segment.IcmpType, segment.IcmpCode));
        Assert.Equal((HostAddress.V4(Client), HostAddress.V4(Server)), (segment.Source, segment.Destination));
        Assert.Equal((ClientPort, ServerPort, 4711u, 0u), (segment.SourcePort, segment.DestinationPort, segment.Sequence.Value, segment.PayloadLength));
    }

    [Fact]
    public void An_error_of_ICMPv6_has_256_added_to_its_type()
    {
        CapturedSegment segment = ReadCapture.OfPacket(LinkType.Raw, Ipv6([1, 4, 0, 0, 0, 0, 0, 0, .. Whole6()], IpProtocol.Icmpv6)).Only;
        Assert.Equal((SegmentKind.IcmpError, 257, 4), (segment.Kind, segment.IcmpType, segment.IcmpCode));
        Assert.Equal((ClientPort, ControlBits.Ack), (segment.SourcePort, segment.Bits));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(0)]
    public void An_echo_quotes_nothing(byte type)
    {
        ReadCapture read = ReadCapture.OfPacket(LinkType.Raw, Ipv4([type, 0, 0, 0, 0, 0, 0, 0, .. Whole4()], IpProtocol.Icmp));
        Assert.Empty(read.Segments);
        Assert.Equal(1, read.Tally[PacketKind.Icmp]);
    }

    [Fact]
    public void An_error_about_something_else_is_no_segment()
        => Assert.Empty(ReadCapture.OfPacket(LinkType.Raw, Ipv4([3, 3, 0, 0, 0, 0, 0, 0, .. Ipv4(Udp([], 53), IpProtocol.Udp)], IpProtocol.Icmp)).Segments);
}
