using TcpLens.Protocol;

using static TcpLens.Capture.Tests.BuiltPacket;

namespace TcpLens.Capture.Tests;

public sealed class FragmentTests
{
    private const int Piece = 104;

    private static readonly byte[] Segment4 = Tcp(Payload(400), Addresses4);
    private static readonly byte[] Segment6 = Tcp(Payload(400), Addresses6);

    public static TheoryData<int[]> Orders { get; } = [.. Permutations([0, 1, 2, 3, 4])];

    [Theory]
    [MemberData(nameof(Orders))]
    public void Fragments_in_any_order_become_the_datagram(int[] order)
    {
        byte[][] pieces = Pieces4(identification: 1);
        ReadCapture read = Read([.. order.Select(at => pieces[at])]);
        Assert.Equal((400u, 400, 5L), (read.Only.PayloadLength, read.Only.CapturedPayload, read.Only.Frame));
        Assert.Equal(Payload(400), Assert.Single(read.Payloads));
        Assert.Equal((ChecksumVerdict.Good, false, 452u), (read.Only.Checksum, read.Only.IsTruncated, read.Only.IpLength));
        Assert.Equal((5, 1, 4), (read.Tally.Fragments, read.Tally.Reassembled, read.Tally[PacketKind.Fragment]));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void Fragments_of_IPv6_too(int[] order)
    {
        ReadCapture read = Read([.. order.Select(at => Fragment6(Cut(Segment6, at), at * Piece, hasMore: at < 4))]);
        Assert.Equal(Payload(400), Assert.Single(read.Payloads));
        Assert.Equal(ChecksumVerdict.Good, read.Only.Checksum);
    }

    [Fact]
    public void Datagrams_at_the_same_time_do_not_mix()
    {
        byte[][] one = Pieces4(identification: 1);
        byte[][] other = Pieces4(identification: 2);
        ReadCapture read = Read([.. one.Zip(other).SelectMany(pair => new[] { pair.First, pair.Second })]);
        Assert.Equal(2, read.Tally.Reassembled);
        Assert.All(read.Payloads, payload => Assert.Equal(Payload(400), payload));
    }

    [Fact]
    public void Where_fragments_overlap_the_octets_that_came_first_stay()
    {
        byte[][] pieces = Pieces4(identification: 1);
        byte[] forged = Ipv4(new byte[Piece], offset: Piece, hasMore: true);
        ReadCapture read = Read([pieces[0], pieces[1], forged, pieces[2], pieces[3], pieces[4]]);
        Assert.Equal(Payload(400), Assert.Single(read.Payloads));
        Assert.Equal(1, read.Tally.OverlappedDatagrams);
    }

    [Fact]
    public void A_fragment_beyond_the_largest_datagram_is_malformed()
    {
        ReadCapture read = Read([Ipv4(new byte[64], offset: 65_528)]);
        Assert.Equal(1, read.Tally[PacketFault.Fragment]);
    }

    [Fact]
    public void A_second_end_that_contradicts_the_first_is_malformed()
    {
        byte[][] pieces = Pieces4(identification: 1);
        ReadCapture read = Read([pieces[4], Ipv4(new byte[8], offset: 8 * Piece)]);
        Assert.Equal(1, read.Tally[PacketFault.Fragment]);
    }

    [Fact]
    public void What_is_left_of_an_old_datagram_is_not_mixed_into_a_new_one()
    {
        byte[][] pieces = Pieces4(identification: 1);
        long late = Reassembler.MaxAgeNanoseconds + 1;
        BuiltFrame[] frames = [new(pieces[0]), .. pieces[1..].Select(piece => new BuiltFrame(piece, late))];
        ReadCapture read = ReadCapture.Of(BuiltCapture.Pcap(LinkType.Raw, frames));
        Assert.Empty(read.Segments);
        Assert.Equal(1, read.Tally.DatagramsGivenUp);
    }

    [Fact]
    public void Datagrams_that_never_end_take_no_more_than_their_room()
    {
        IEnumerable<byte[]> beginnings = Enumerable.Range(0, Reassembler.MaxDatagrams + 50).Select(at => Pieces4((ushort)at)[0]);
        ReadCapture read = Read([.. beginnings, .. Pieces4(Reassembler.MaxDatagrams + 49)[1..]]);
        Assert.Equal(50, read.Tally.DatagramsGivenUp);
        Assert.Equal(Payload(400), Assert.Single(read.Payloads));
    }

    [Fact]
    public void The_first_fragment_of_what_a_snap_length_cut_shows_its_header()
    {
        byte[] first = Pieces4(identification: 1)[0];
        ReadCapture read = ReadCapture.Of(BuiltCapture.Pcap(LinkType.Raw, new BuiltFrame(first[..60], Length: (uint)first.Length)));
        Assert.Equal((ServerPort, true), (read.Only.DestinationPort, read.Only.IsTruncated));
    }

    [Fact]
    public void Many_large_datagrams_are_more_than_one_batch_holds_and_none_is_lost()
    {
        byte[] segment = Tcp(Payload(60_000), Addresses4);
        IEnumerable<byte[]> fragments = Enumerable.Range(1, 20).SelectMany(at => new[]
        {
            Ipv4(segment[..32_000], identification: (ushort)at, hasMore: true),
            Ipv4(segment[32_000..], identification: (ushort)at, offset: 32_000),
        });
        ReadCapture read = Read([.. fragments]);
        Assert.Equal(20, read.Segments.Count);
        Assert.All(read.Payloads, payload => Assert.Equal(60_000, payload.Length));
    }

    private static ReadCapture Read(byte[][] packets) => ReadCapture.Of(BuiltCapture.Pcap(LinkType.Raw, [.. packets.Select(packet => new BuiltFrame(packet))]));

    private static byte[][] Pieces4(ushort identification)
        => [.. Enumerable.Range(0, 5).Select(at => Ipv4(Cut(Segment4, at), identification: identification, offset: at * Piece, hasMore: at < 4))];

    private static byte[] Cut(byte[] segment, int at) => segment[(at * Piece)..Math.Min((at + 1) * Piece, segment.Length)];

    private static IEnumerable<int[]> Permutations(int[] of)
        => of.Length == 1 ? [of] : of.SelectMany(first => Permutations([.. of.Where(one => one != first)]).Select(rest => (int[])[first, .. rest]));
}
