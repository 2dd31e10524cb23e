using System.IO.Compression;
using System.Text;
using TcpLens.Protocol;
using static TcpLens.Capture.Tests.BuiltCapture;
using static TcpLens.Capture.Tests.BuiltPacket;

namespace TcpLens.Capture.Tests;

public sealed class FormatTests
{
    private const long Time = 1_700_000_000_123_456_000;

    private static readonly byte[] Frame = Ethernet(Whole4());

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Pcap_in_both_byte_orders_and_resolutions(bool isBigEndian, bool isNano)
    {
        ReadCapture read = ReadCapture.Of(Pcap(LinkType.Ethernet, isBigEndian, isNano, new BuiltFrame(Frame, Time), new BuiltFrame(Frame, Time + 1000)));
        Assert.Equal([Time, Time + 1000], read.Segments.Select(segment => segment.TimeNanoseconds));
        Assert.Equal([1, 2], read.Segments.Select(segment => segment.Frame));
        CaptureInterface only = Assert.Single(read.Tally.Interfaces);
        Assert.Equal((LinkType.Ethernet, 65535u, isNano ? 1e9 : 1e6), (only.LinkType, only.SnapLength, only.TicksPerSecond));
        Assert.Empty(read.Damage);
    }

    [Fact]
    public void Pcap_with_longer_packet_headers()
    {
        byte[] file = new Writer(false).U32(0xa1b2cd34).U16(2).U16(4).U32(0).U32(0).U32(65535).U32(1)
            .U32(1).U32(2).U32((uint)Frame.Length).U32((uint)Frame.Length).U32(3).U16(8).Octets([0, 0]).Octets(Frame).ToArray();
        Assert.Equal(1_000_002_000, ReadCapture.Of(file).Only.TimeNanoseconds);
    }

    [Fact]
    public void Link_types_with_the_length_of_a_frame_check_in_their_upper_bits()
    {
        byte[] file = Pcap((LinkType)0x5400_0001, new BuiltFrame(Frame));
        Assert.Single(ReadCapture.Of(file).Segments);
    }

    [Fact]
    public void Snoop()
    {
        int length = (Frame.Length + 24 + 3) & ~3;
        byte[] file = new Writer(true).Octets("snoop\0\0\0"u8).U32(2).U32(4)
            .U32(1514).U32((uint)Frame.Length).U32((uint)length).U32(3).U32(1).U32(2).Octets(Frame).Octets(new byte[length - 24 - Frame.Length]).ToArray();
        ReadCapture read = ReadCapture.Of(file);
        Assert.Equal(1_000_002_000, read.Only.TimeNanoseconds);
        Assert.Equal((3, 1514, Frame.Length), (read.Tally.Dropped, read.Tally.Octets, read.Tally.CapturedOctets));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pcapng_with_several_sections_interfaces_resolutions_and_orders(bool isBigEndian)
    {
        byte[] file =
        [
            .. Section(isBigEndian),
            .. Interface(LinkType.Ethernet, isBigEndian),
            .. Interface(LinkType.Raw, isBigEndian, Option(9, [9], isBigEndian)),
            .. Interface(LinkType.Raw, isBigEndian, Option(9, [0x80 | 20], isBigEndian), Option(14, Number(100, isBigEndian), isBigEndian)),
            .. Interface(LinkType.Raw, isBigEndian, Option(9, [12], isBigEndian)),
            .. Packet(0, 1_000_001, Frame, isBigEndian),
            .. Packet(1, 1_000_000_001, Whole6(), isBigEndian),
            .. Packet(2, 3 << 19, Whole4(), isBigEndian),
            .. Packet(3, 5_000_000_000_999, Whole4(), isBigEndian),
            .. Section(!isBigEndian),
            .. Interface(LinkType.Raw, !isBigEndian),
            .. Packet(0, 7_000_000, Whole4(), !isBigEndian),
        ];
        ReadCapture read = ReadCapture.Of(file);
        Assert.Equal([1_000_001_000, 1_000_000_001, 101_500_000_000, 5_000_000_000, 7_000_000_000], read.Segments.Select(segment => segment.TimeNanoseconds));
        Assert.Equal(5, read.Tally.Interfaces.Count);
        Assert.Empty(read.Damage);
    }

    [Fact]
    public void Pcapng_tells_names_comments_and_what_was_lost()
    {
        byte[] comment = Encoding.UTF8.GetBytes("spät");
        byte[] file =
        [
            .. Section(false, Option(1, "a section"u8.ToArray())),
            .. Interface(LinkType.Ethernet, false, Option(2, "eth0"u8.ToArray()), Option(3, "uplink"u8.ToArray()), Option(11, [0, .. "tcp"u8]), Option(1, "an interface"u8.ToArray())),
            .. Interface(LinkType.Ethernet, false),
            .. Block(4, [0, 0, 0, 0]),
            .. Block(0xbad, [1, 2, 3, 4, 5]),
            .. Packet(0, 1, Frame),
            .. Packet(0, 2, Frame, false, Option(1, comment), Option(1, "again"u8.ToArray())),
            .. Packet(1, 3, Frame, false, Option(4, Number(5, false))),
            .. Statistics(0, Option(4, Number(100, false)), Option(5, Number(7, false))),
            .. Statistics(0, Option(4, Number(200, false)), Option(5, Number(9, false))),
        ];
        CaptureTally tally = ReadCapture.Of(file).Tally;
        Assert.Equal(
            [new(CommentSubject.Section, 1, "a section"), new(CommentSubject.Interface, 1, "an interface"), new(CommentSubject.Packet, 2, "spät"), new CaptureComment(CommentSubject.Packet, 2, "again")],
            tally.Comments);
        Assert.Equal(("eth0", "uplink", "tcp", 200L, 9L), (tally.Interfaces[0].Name, tally.Interfaces[0].Description, tally.Interfaces[0].Filter, tally.Interfaces[0].Received, tally.Interfaces[0].Dropped));
        Assert.Equal(14, tally.Dropped);
        Assert.Equal(3, tally.TcpSegments);
    }

    [Fact]
    public void Comments_without_end_are_counted_and_no_longer_kept()
    {
        byte[][] comments = [.. Enumerable.Repeat(Option(1, new byte[5000]), 12)];
        IEnumerable<byte> packets = Enumerable.Range(0, 1000).SelectMany(at => Packet(0, (ulong)at, Frame, false, comments));
        CaptureTally tally = ReadCapture.Of([.. Section(), .. Interface(LinkType.Ethernet), .. packets]).Tally;
        Assert.Equal((12_000, CaptureTally.MaxComments), (tally.CommentCount, tally.Comments.Count));
        Assert.All(tally.Comments, comment => Assert.Equal(CaptureTally.MaxCommentLength, comment.Text.Length));
    }

    [Fact]
    public void Gzip_is_undone()
    {
        byte[] file = Pcap(LinkType.Ethernet, [.. Enumerable.Range(0, 5000).Select(at => new BuiltFrame(Frame, at))]);
        Assert.Equal(5000, ReadCapture.Of(Packed(file)).Segments.Count);
    }

    [Fact]
    public void Gzip_that_breaks_off_gives_what_came_before()
    {
        byte[] file = Pcap(LinkType.Ethernet, [.. Enumerable.Range(0, 50_000).Select(at => new BuiltFrame(Frame, at * 7919))]);
        byte[] packed = Packed(file);
        ReadCapture read = ReadCapture.Of(packed[..(packed.Length / 2)]);
        Assert.InRange(read.Segments.Count, 1000, 49_999);
        Assert.NotEmpty(read.Damage);
    }

    [Theory]
    [InlineData(new byte[0], "empty")]
    [InlineData(new byte[] { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0 }, "6 octets")]
    [InlineData(new byte[] { 0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "zstd")]
    [InlineData(new byte[] { 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "01 02 03 04")]
    public void What_is_no_capture_is_said(byte[] file, string expected)
    {
        using var reader = new CaptureReader(new MemoryStream(file), new());
        ReadCapture read = ReadCapture.Of(reader);
        Assert.Equal("", reader.Format);
        Assert.Contains(expected, Assert.Single(read.Damage).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packet_that_nobody_wants_is_left_out()
    {
        byte[] file = Pcap(LinkType.Ethernet, new BuiltFrame(Frame, 1), new BuiltFrame(Frame, 2), new BuiltFrame(Frame, 3));
        ReadCapture read = ReadCapture.Of(file, new() { Accepts = static (in stamp, captured) => stamp.Frame == 2 && captured.Length == Frame.Length });
        Assert.Equal(2, read.Only.Frame);
        Assert.Equal(2, read.Tally[PacketKind.LeftOut]);
    }

    private static byte[] Packed(byte[] file)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(file);
        }

        return packed.ToArray();
    }

    private static byte[] Number(uint value, bool isBigEndian)
        => isBigEndian ? new Writer(true).U32(0).U32(value).ToArray() : new Writer(false).U32(value).U32(0).ToArray();
}
