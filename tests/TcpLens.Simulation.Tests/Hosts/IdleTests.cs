using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>Connections on which nothing is said for very long.</summary>
public sealed class IdleTests
{
    private static readonly TimeSpan MillionSeconds = TimeSpan.FromSeconds(1_000_000);
    private static readonly Weather Far = new() { Delay = TimeSpan.FromMilliseconds(30) };

    [Fact]
    public void Without_keep_alive_a_million_seconds_are_no_event_and_the_connection_works_after()
    {
        Pair pair = Open(TcpSettings.Default);
        long before = pair.World.Happened;
        pair.World.Run(MillionSeconds);
        Assert.Equal(before, pair.World.Happened);

        Talk(pair);
    }

    [Fact]
    public void With_keep_alive_a_million_seconds_are_a_probe_and_an_answer_every_two_hours()
    {
        Pair pair = Open(WithKeepAlive);
        long before = pair.Near.Host.Counters[TcpCounter.TCPKeepAlive];
        pair.World.Run(MillionSeconds);
        Assert.InRange(pair.Near.Host.Counters[TcpCounter.TCPKeepAlive] - before, 130, 139);   // 1,000,000 s / 7,200 s

        Talk(pair);
    }

    /// <summary>MUST-24 to MUST-29: two hours of silence, then nine probes of 75 s.</summary>
    [Fact]
    public void A_peer_that_is_gone_is_noticed_by_keep_alive_alone()
    {
        Pair pair = Open(WithKeepAlive);
        pair.Link.Cut();
        Instant begin = pair.World.Now;
        Assert.True(pair.World.RunUntil(() => pair.Client.IsOver && pair.Server.IsOver, MillionSeconds));

        Assert.Equal((ConnectionError.TimedOut, ConnectionError.TimedOut), (pair.Client.Error, pair.Server.Error));
        Assert.InRange(pair.World.Now - begin, TimeSpan.FromSeconds(7200 + (9 * 75) - 1), TimeSpan.FromSeconds(7200 + (9 * 75) + 1));

        Pair deaf = Open(TcpSettings.Default);
        deaf.Link.Cut();
        deaf.World.Run(MillionSeconds);
        Assert.Equal((TcpState.Established, TcpState.Established), (deaf.NearConnection.State, deaf.FarConnection.State));
    }

    [Fact]
    public void A_firewall_that_forgets_kills_a_silent_connection_unless_keep_alive_is_quicker()
    {
        var quick = WithKeepAlive with { Options = WithKeepAlive.Options with { KeepAliveIdle = TimeSpan.FromSeconds(200) } };
        foreach ((TcpSettings settings, bool lives) in new[] { (TcpSettings.Default, false), (quick, true) })
        {
            Pair pair = Open(settings, new StatefulFirewall(idle: TimeSpan.FromSeconds(300)));
            pair.World.Run(TimeSpan.FromSeconds(1000));
            pair.World.At(pair.World.Now, now => pair.NearConnection.Send("?"u8, now));
            pair.World.Run(TimeSpan.FromHours(1));

            Assert.Equal(lives ? 1 : 0, pair.FarConnection.Status.OctetsReceived);
            Assert.Equal(lives ? ConnectionError.None : ConnectionError.TimedOut, pair.Client.Error);
        }
    }

    private static TcpSettings WithKeepAlive => TcpSettings.Default with { Options = new() { KeepAlive = true } };

    /// <summary>Both ends wait for the other to close first.</summary>
    private static Pair Open(TcpSettings settings, Middlebox? middlebox = null)
    {
        var pair = new Pair(weather: Far, settings: settings, client: Pair.Waits(), server: Pair.Waits(), middlebox: middlebox);
        pair.Open().World.Run(TimeSpan.FromSeconds(1));
        Assert.Equal((TcpState.Established, TcpState.Established), (pair.NearConnection.State, pair.FarConnection.State));
        return pair;
    }

    private static void Talk(Pair pair)
    {
        pair.World.At(pair.World.Now, now => pair.NearConnection.Send("still there?"u8, now));
        pair.World.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(12, pair.FarConnection.Status.OctetsReceived);
        Assert.Equal(0, pair.Near.Host.Counters[TcpCounter.RetransSegs]);
    }
}
