using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>What paths do to connections: their MTU, their marks, their middleboxes.</summary>
public sealed class PathTests
{
    private static readonly Weather Far = new() { Delay = TimeSpan.FromMilliseconds(30) };

    [Fact]
    public void A_narrow_path_is_found_by_what_its_router_says()
    {
        Pair pair = Send(Far with { Mtu = 1400 });

        Assert.True(pair.IsComplete);
        Assert.Equal(1400 - 40 - 12, pair.NearConnection.Status.SendSegmentSize);
        Assert.InRange(pair.Link.Forth.Counters[PacketFate.TooLong], 1, 20);
    }

    /// <summary>RFC 2923: nothing says why. The connection ends with an error at both ends, and what is small passed.</summary>
    [Fact]
    public void A_black_hole_ends_in_an_error_at_both_ends()
    {
        TcpSettings settings = TcpSettings.Default with { Options = new() { KeepAlive = true } };
        Pair pair = Send(Far with { Mtu = 1400, IsBlackHole = true }, settings);

        Assert.Equal(ConnectionError.TimedOut, pair.Client.Error);
        Assert.NotEqual(ConnectionError.None, pair.Server.Error);
        Assert.Equal(0, pair.Server.Received);
    }

    [Fact]
    public void Congestion_that_is_marked_costs_no_retransmission()
    {
        Weather narrow = Far with { BitsPerSecond = 8_000_000, MarkAbove = 15_000 };
        Pair marked = Send(narrow, TcpSettings.Default with { RequestEcn = true });
        Pair dropped = Send(narrow with { QueuePackets = 10 });

        Assert.True(marked.IsComplete && dropped.IsComplete);
        Assert.InRange(marked.Link.Forth.Counters.Marked, 1, 1000);
        Assert.Equal(0, marked.Near.Host.Counters[TcpCounter.RetransSegs]);
        Assert.Equal(0, dropped.Link.Forth.Counters.Marked);
        Assert.NotEqual(0, dropped.Near.Host.Counters[TcpCounter.RetransSegs]);
    }

    [Theory]
    [InlineData(TcpOptionKind.SackPermitted, 1)]
    [InlineData(TcpOptionKind.Timestamps, 1)]
    [InlineData(TcpOptionKind.WindowScale, 1)]
    [InlineData(TcpOptionKind.MaximumSegmentSize, 2)]
    [InlineData(null, 5)]
    public void Options_that_a_middlebox_takes_away_are_not_used(TcpOptionKind? kind, long stripped)
    {
        var stripper = kind is { } one ? new OptionStripper(one) : new OptionStripper();
        Pair pair = new Pair(weather: Far with { Loss = 0.01 }, client: Pair.Sends(200_000), server: Pair.Sends(100_000), middlebox: stripper).Open().RunToEnd();

        Assert.True(pair.IsComplete);
        Assert.Equal(stripped, stripper.Stripped);   // What the SYN does not offer the SYN-ACK does not either, but for the MSS.
        ConnectionStatus status = pair.NearConnection.Status;
        Assert.Equal(kind is TcpOptionKind.Timestamps or TcpOptionKind.WindowScale or TcpOptionKind.MaximumSegmentSize, status.HasSack);
        Assert.Equal(kind is TcpOptionKind.SackPermitted or TcpOptionKind.WindowScale or TcpOptionKind.MaximumSegmentSize, status.HasTimestamps);
        Assert.Equal(kind is TcpOptionKind.SackPermitted or TcpOptionKind.Timestamps or TcpOptionKind.MaximumSegmentSize, status.HasWindowScaling);
    }

    private static Pair Send(Weather weather, TcpSettings? settings = null)
        => new Pair(weather: weather, settings: settings, client: Pair.Sends(1_000_000), server: Pair.Sends(1000)).Open().RunToEnd();
}
