using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>Whatever is sent: every step is one of the table, and nothing throws.</summary>
public sealed class StatePropertyTests
{
    private static readonly ControlBits[] Bits =
    [
        ControlBits.Syn, ControlBits.Syn | ControlBits.Ack, ControlBits.Ack, ControlBits.Ack, ControlBits.Ack | ControlBits.Psh,
        ControlBits.Fin | ControlBits.Ack, ControlBits.Fin | ControlBits.Ack, ControlBits.Rst, ControlBits.Rst | ControlBits.Ack,
        ControlBits.Fin | ControlBits.Rst, ControlBits.Syn | ControlBits.Fin, ControlBits.None, ControlBits.All,
    ];

    private static readonly uint[] Numbers = [0, 1, 2, 3, 99, 100, 101, 110, 111, 499, 500, 501, 510, 511, 1u << 31, (1u << 31) + 100, uint.MaxValue];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_step_of_random_segments_is_one_of_the_table(int seed)
    {
        var random = new Random(seed);
        for (int run = 0; run < 400; run++)
        {
            CapturedSegment[] segments = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => RandomSegment(random))];
            StateTrace trace = StateTrace.Of(segments, new() { DropsBadChecksums = random.Next(2) == 0 });
            Assert.Equal(segments.Length, trace.Connections.Sum(record => record.FromOriginator.Packets + record.FromResponder.Packets));
            foreach (ConnectionRecord record in trace.Connections)
            {
                HoldsToTheTable(record, ConnectionEnd.Originator, $"seed {seed}, run {run}");
                HoldsToTheTable(record, ConnectionEnd.Responder, $"seed {seed}, run {run}");
            }
        }
    }

    [Fact]
    public void What_is_remembered_of_states_stays_small() => Assert.InRange(Unsafe.SizeOf<ConnectionTrack>(), 1, 104);

    private static void HoldsToTheTable(ConnectionRecord record, ConnectionEnd end, string which)
    {
        StateStep[] steps = [.. record.Timeline.Where(step => step.End == end)];
        foreach ((StateStep before, StateStep after) in steps.Zip(steps.Skip(1)))
        {
            bool isOfTheTable = TcpTransitions.HasPair(before.Now.State, after.Now.State);
            Assert.True(isOfTheTable, $"{which}: {StateTrace.Describe(before)} to {StateTrace.Describe(after)}, {record.History}");
        }

        Assert.DoesNotContain(steps, step => step.Now.Certainty == Certainty.Unknown);
    }

    private static CapturedSegment RandomSegment(Random random)
    {
        CapturedSegment segment = StateTrace.Segment((ConnectionEnd)random.Next(2), random.Next(100), Bits[random.Next(Bits.Length)]);
        segment.Sequence = new(random.Next(20) == 0 ? (uint)random.NextInt64(1L << 32) : Numbers[random.Next(Numbers.Length)]);
        segment.Acknowledgment = new(Numbers[random.Next(Numbers.Length)]);
        segment.PayloadLength = random.Next(3) == 0 ? (uint)random.Next(20) : 0;
        segment.CapturedPayload = random.Next(5) == 0 ? 0 : (int)segment.PayloadLength;
        segment.Window = new((ushort)random.Next(3));
        return segment;
    }
}
