using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>Positions, counts and offers that come out of sequence numbers.</summary>
public sealed class SequenceNumbersTests
{
    [Fact]
    public void Positions_count_from_the_SYN()
    {
        SequenceTrace trace = SequenceTrace.Of(
            """
            A SYN     seq 4294967290
            B SYN+ACK seq 77 ack 4294967291
            A ACK     seq 4294967291 ack 78 len 100
            """);
        Assert.Equal((0, 1, 101), (trace.A.Relative(new(4294967290)), trace.A.Relative(new(4294967291)), trace.A.Relative(new(95))));
        Assert.Equal((0, 1), (trace.B.Relative(new(77)), trace.B.Relative(new(78))));
        Assert.Equal((100, 0), (trace.A.StreamOctets, trace.B.StreamOctets));
    }

    [Fact]
    public void Without_a_SYN_the_first_number_seen_or_acknowledged_is_1()
    {
        SequenceTrace trace = SequenceTrace.Of("A ACK seq 1000 ack 5000 len 100");
        Assert.Equal((1, 101), (trace.A.Relative(new(1000)), trace.A.Relative(new(1100))));
        Assert.Equal((1, -999), (trace.B.Relative(new(5000)), trace.B.Relative(new(4000))));
        Assert.Equal((100, 0), (trace.A.StreamOctets, trace.B.StreamOctets));
    }

    [Fact]
    public void A_stream_of_many_gigabytes_counts_on_over_every_wrap()
    {
        var ends = new SequenceState[2];
        const uint Length = 1 << 30;
        for (uint turn = 0; turn < 40; turn++)
        {
            var data = new CapturedSegment { Bits = ControlBits.Ack, Sequence = new(unchecked(7 + (turn * Length))), PayloadLength = Length, Window = new(1) };
            Assert.Equal(SegmentMarks.Oversized, SequenceJudge.Judge(in data, ref ends[0], ref ends[1]));
            Assert.Equal(1 + ((long)turn * Length), ends[0].Relative(data.Sequence));
        }

        Assert.Equal(40L * Length, ends[0].StreamOctets);
    }

    [Fact]
    public void The_stream_counts_each_octet_once_and_what_was_not_captured_too_and_neither_SYN_nor_FIN_nor_what_a_reset_claims()
    {
        SequenceTrace trace = SequenceTrace.Of(
            """
            A SYN     seq 999
            A ACK     seq 1000 ack 5000 len 100
            A ACK     seq 1000 ack 5000 len 100 | old
            A ACK     seq 1200 ack 5000 len 100 | GapBefore
            A FIN+ACK seq 1300 ack 5000
            A RST     seq 900000
            """);
        Assert.Equal(300, trace.A.StreamOctets);
    }

    [Fact]
    public void In_flight_is_what_was_sent_and_not_acknowledged_and_the_most_is_remembered()
    {
        SequenceTrace trace = SequenceTrace.Of(
            """
            A SYN     seq 999
            B SYN+ACK seq 4999 ack 1000
            A ACK     seq 1000 ack 5000 len 100
            A ACK     seq 1100 ack 5000 len 200
            """);
        Assert.Equal(300u, trace.InFlightOfA);
        trace.Play("B ACK seq 5000 ack 1250");
        trace.Play("A FIN+ACK seq 1300 ack 5000");
        Assert.Equal((50u, 300u), (trace.InFlightOfA, trace.A.MostInFlight));
        trace.Play("B ACK seq 5000 ack 1301");
        Assert.Equal(0u, trace.InFlightOfA);
    }

    [Fact]
    public void Nothing_is_known_to_be_in_flight_while_no_acknowledgment_was_seen()
        => Assert.Equal(0u, SequenceTrace.Of("A ACK seq 1000 ack 5000 len 100").InFlightOfA);

    [Fact]
    public void The_account_tells_the_offers_of_a_SYN_and_null_for_what_was_not_seen()
    {
        SequenceTrace trace = SequenceTrace.Of("A SYN seq 999 mss 1460 scale 7 sackOK ts\nB ACK seq 5 ack 1000");
        var offered = new EndAccount();
        SequenceAccounts.Fill(in trace.A, offered);
        Assert.Equal((new SeqNum(999), (ushort)1460, (byte)7), (offered.InitialSequence, offered.MaximumSegmentSize, offered.WindowShift));
        Assert.True(offered.OffersSack && offered.UsesTimestamps);

        var unseen = new EndAccount();
        SequenceAccounts.Fill(in trace.B, unseen);
        Assert.Null(unseen.InitialSequence);
        Assert.Null(unseen.MaximumSegmentSize);
        Assert.Null(unseen.WindowShift);
        Assert.False(unseen.OffersSack || unseen.UsesTimestamps);
        Assert.Null(offered.SmallestWindow);
        Assert.Equal(1000u, unseen.LargestWindow);
    }

    [Fact]
    public void A_SYN_with_another_number_moves_the_origin_and_nothing_else()
    {
        SequenceTrace trace = SequenceTrace.Of(
            """
            B SYN+ACK seq 4294967295 ack 1000
            B SYN+ACK seq 100 ack 1000 | GapBefore
            """);
        Assert.Equal((0, 1, 0), (trace.B.Relative(new(100)), trace.B.Relative(trace.B.NextNumber), trace.B.StreamOctets));
    }

    [Fact]
    public void What_is_remembered_of_an_end_fits_a_line_of_the_cache() => Assert.InRange(Unsafe.SizeOf<SequenceState>(), 1, 64);

    [Fact]
    public void Wild_numbers_never_throw_and_never_give_nonsense()
    {
        var random = new Random(20);
        var ends = new SequenceState[2];
        for (int at = 0; at < 200_000; at++)
        {
            CapturedSegment segment = Wild(random);
            int sender = random.Next(2);
            SequenceJudge.Judge(in segment, ref ends[sender], ref ends[1 - sender]);
            Assert.InRange(ends[sender].StreamOctets, 0, long.MaxValue);
            Assert.InRange(ends[sender].MostInFlight, 0u, 1u << 30);
        }
    }

    private static CapturedSegment Wild(Random random) => new()
    {
        Bits = (ControlBits)random.Next(512),
        Sequence = new((uint)random.NextInt64(1L << 32)),
        Acknowledgment = new((uint)random.NextInt64(1L << 32)),
        PayloadLength = random.Next(4) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)random.Next(3),
        Window = new((ushort)random.Next(1 << 16)),
        Options = (SegmentOptions)random.Next(256),
        WindowShift = (byte)random.Next(256),
        MaximumSegmentSize = (ushort)random.Next(1 << 16),
        SackCount = (byte)random.Next(5),
        Checksum = (ChecksumVerdict)random.Next(4),
    };
}
