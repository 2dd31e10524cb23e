using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>A peer that says anything: blocks that overlap, run backwards or name what was never sent, duplicates that were none, congestion at will.</summary>
public sealed class HostileAcksTests
{
    private const int Segment = 1000;

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Nothing_it_says_breaks_what_is_known_or_grows_it_past_its_limits(bool usesTime, bool hasSack)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Run(new Random(seed), TcpSettings.Default with { Rack = usesTime, Pacing = seed % 2 == 0 }, hasSack);
        }
    }

    [Fact]
    public void Blocks_of_single_octets_split_few_records()
    {
        var recovery = new LossRecovery(TcpSettings.Default with { InitialWindow = 1000 }, new());
        var now = new Instant(1_000_000_000);
        recovery.OnEstablished(Segment, true, now);
        recovery.OnSent(new(new(0), new(50 * Segment)), now);
        for (uint i = 1; i < 50_000; i += 2)
        {
            SackBlocks sack = default;
            sack.TryAdd(new(new(i), new(i + 1)));
            recovery.OnAck(new() { Acknowledgment = new(0), Unacknowledged = new(0), Sack = sack, IsBare = true }, now);
        }

        Assert.InRange(recovery.Describe(new()).Unacknowledged, 50, 300);
    }

    private static void Run(Random random, TcpSettings settings, bool hasSack)
    {
        var recovery = new LossRecovery(settings, new());
        SeqNum unacknowledged = new((uint)random.NextInt64(1L << 32));
        SeqNum next = unacknowledged;
        var now = new Instant(1_000_000_000);
        recovery.OnEstablished(Segment, hasSack, now);
        for (int step = 0; step < 400; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(100));
            if (recovery.NextTimeout <= now)
            {
                recovery.OnTimeout(now);
            }

            bool hasNewData = random.Next(4) != 0;
            while (recovery.TryTakeRetransmission(random.Next(1, 20_000), next, hasNewData, now, out SentRange again))
            {
                Assert.True(again.Length > 0 && !again.Start.IsBefore(unacknowledged) && !again.End.IsAfter(next));
            }

            if (hasNewData && recovery.Allowance(now) is > 0 and int room)
            {
                SentRange range = new(next, next + (uint)random.Next(1, room + 1));
                recovery.OnSent(range, now);
                next = range.End;
            }

            SeqNum before = unacknowledged;
            unacknowledged += (uint)(random.Next(3) == 0 ? random.Next(next - unacknowledged + 1) : 0);
            recovery.OnAck(Anything(random, unacknowledged, next) with { Unacknowledged = before }, now);
            Check(recovery, next - unacknowledged);
        }
    }

    private static void Check(LossRecovery recovery, int inFlight)
    {
        ConnectionStatus status = recovery.Describe(new());
        Assert.Equal(inFlight != 0, recovery.IsAnythingInFlight);
        Assert.True(inFlight == 0 || recovery.NextTimeout != Instant.Never);
        Assert.True(status.CongestionWindow >= 1 && status.SlowStartThreshold >= 2);
        Assert.True(status.Sacked <= status.Unacknowledged && status.Lost <= status.Unacknowledged);
    }

    private static AckFacts Anything(Random random, SeqNum unacknowledged, SeqNum next)
    {
        SackBlocks sack = default;
        for (int i = random.Next(5); i > 0; i--)
        {
            SeqNum left = unacknowledged + (uint)(random.Next(-2000, next - unacknowledged + 2000));
            sack.TryAdd(new(left, random.Next(8) == 0 ? new((uint)random.NextInt64(1L << 32)) : left + (uint)random.Next(-10, 5000)));
        }

        return new()
        {
            Acknowledgment = unacknowledged,
            Sack = sack,
            IsBare = random.Next(4) != 0,
            ReportsCongestion = random.Next(10) == 0,
        };
    }
}
