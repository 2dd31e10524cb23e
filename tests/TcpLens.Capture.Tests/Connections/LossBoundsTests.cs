using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>What a capture can do to the memory of losses: nothing.</summary>
public sealed class LossBoundsTests
{
    [Fact]
    public void What_is_remembered_of_every_end_fits_into_72_octets() => Assert.InRange(Unsafe.SizeOf<LossState>(), 1, 72);

    [Fact]
    public void An_end_that_nobody_acknowledges_is_remembered_more_coarsely_and_in_bounds()
    {
        var segments = new OutstandingSegments(capacity: 10_000);
        var end = new LossState();
        for (uint at = 0; at < 100_000; at++)
        {
            segments.Append(ref end, Data(at * 1000, 1000, time: at), new(at * 1000));
        }

        Assert.InRange(segments.Count, 1, OutstandingSegments.Most);
        Resent recent = segments.Resend(ref end, Data(99_000_000, 1000, time: 200_000));
        Assert.True(recent.IsUnderWay);
        Assert.False(segments.Resend(ref end, Data(0, 1000, time: 200_001)).IsUnderWay, "the oldest are forgotten");
        Assert.NotEqual(0, segments.Forgotten);
        segments.Acknowledge(ref end, new(100_000_000));
        Assert.Equal(0, segments.Count);
    }

    [Fact]
    public void When_all_memory_is_lent_an_end_forgets_its_own_oldest()
    {
        var segments = new OutstandingSegments(capacity: 4);
        LossState greedy = new(), late = new();
        for (uint at = 0; at < 10; at++)
        {
            segments.Append(ref greedy, Data(at * 10, 10, time: at), new(at * 10));
        }

        segments.Append(ref late, Data(0, 10, time: 20), new(0));
        Assert.Equal(4, segments.Count);
        Assert.Equal(0, late.OutstandingCount);
        Assert.True(segments.Resend(ref greedy, Data(90, 10, time: 21)).IsUnderWay);
        segments.Clear(ref greedy);
        segments.Append(ref late, Data(10, 10, time: 22), new(10));
        Assert.Equal(1, segments.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Wild_numbers_leave_no_segment_behind_and_each_mark_is_settled(int seed)
    {
        var random = new Random(seed);
        var judge = new LossJudge();
        EndSlot[] ends = new EndSlot[2];
        for (int at = 0; at < 20_000; at++)
        {
            CapturedSegment segment = Wild(random, at);
            int sender = random.Next(2);
            SegmentMarks marks = SequenceJudge.Judge(in segment, ref ends[sender].Sequence, ref ends[1 - sender].Sequence);
            LossVerdict verdict = judge.Judge(in segment, marks, ref ends[sender], ref ends[1 - sender]);
            Assert.NotEqual(SequenceJudge.OldOctets, verdict.Marks & SequenceJudge.OldOctets);
            Assert.Equal(marks.HasAny(SequenceJudge.OldOctets), verdict.Marks.HasAny(SequenceJudge.OldOctets));
            Assert.InRange(judge.Outstanding, 0, 4 * OutstandingSegments.Most);
        }

        judge.Forget(ref ends[0]);
        judge.Forget(ref ends[1]);
        Assert.Equal(0, judge.Outstanding);
    }

    /// <summary>Cuts, acknowledgments and retransmissions of any kind, beside a plain array that knows how often each octet was sent.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Cut_in_any_way_each_octet_is_remembered_as_often_as_it_was_sent(int seed)
    {
        var random = new Random(seed);
        var segments = new OutstandingSegments(capacity: 5000);
        var end = new LossState();
        int[] sent = new int[600];
        for (uint at = 0; at < 600; at += 30)
        {
            segments.Append(ref end, Data(at, 30, time: 0), new(at));
            Array.Fill(sent, 1, (int)at, 30);
        }

        int acknowledged = 0;
        for (int step = 1; step < 400; step++)
        {
            int from = random.Next(600);
            int length = random.Next(1, 100);
            Resent resent = segments.Resend(ref end, Data((uint)from, (uint)length, time: step));
            int first = Math.Max(from, acknowledged);
            int last = Math.Min(from + length, 600);
            Assert.Equal(first < last, resent.IsUnderWay);
            for (int octet = first; octet < last; octet++)
            {
                sent[octet]++;
            }

            if (first < last)
            {
                Assert.Equal(Math.Min(sent[first] - 1, byte.MaxValue), resent.TimesSent);
            }

            if (step % 20 == 0)
            {
                acknowledged = Math.Min(600, acknowledged + random.Next(40));
                segments.Acknowledge(ref end, new((uint)acknowledged));
            }
        }
    }

    private static CapturedSegment Data(uint sequence, uint length, long time) => new()
    {
        Sequence = new(sequence),
        PayloadLength = length,
        TimeNanoseconds = time + 1,
        Bits = ControlBits.Ack,
    };

    private static CapturedSegment Wild(Random random, int step)
    {
        var segment = new CapturedSegment
        {
            TimeNanoseconds = random.Next(10) == 0 ? random.NextInt64() : step * 1_000_000L,
            Sequence = new(random.Next(4) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)random.Next(50_000)),
            Acknowledgment = new(random.Next(4) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)random.Next(50_000)),
            PayloadLength = random.Next(20) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)random.Next(3000),
            Bits = (ControlBits)random.Next(512) & ~(random.Next(5) == 0 ? ControlBits.None : ControlBits.Rst),
            Window = new((ushort)random.Next(3)),
            TimestampValue = (uint)random.Next(5),
            TimestampEcho = (uint)random.Next(5),
            Options = random.Next(2) == 0 ? SegmentOptions.Timestamps : SegmentOptions.None,
            MaximumSegmentSize = (ushort)random.Next(3),
            SackCount = (byte)random.Next(5),
            IpIdentification = (ushort)random.Next(3),
        };
        for (int at = 0; at < segment.SackCount; at++)
        {
            segment.Sacks[at] = new(new((uint)random.NextInt64(1L << 32)), new((uint)random.Next(60_000)));
        }

        return segment;
    }
}
