using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Liveness;

public sealed class KeepAliveReadingTests
{
    /// <summary>The second to fourth were measured on Linux 6.18 against a silent peer: 11.1 s, 5.1 s, 21.2 s.</summary>
    [Theory]
    [InlineData(7200, 75, 9, 0, 7875)]
    [InlineData(3, 2, 4, 0, 11)]
    [InlineData(3, 2, 4, 5_000, 5)]
    [InlineData(3, 2, 4, 20_000, 21)]
    [InlineData(3, 2, 4, 1_000, 5)]
    [InlineData(32767, 32767, 127, int.MaxValue, 32767 + (32767 * 65L))]
    public void A_dead_peer_is_noticed_after_the_last_probe_or_the_first_tick_beyond_the_user_timeout(int idle, int interval, int probes, int userTimeout, long seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), KeepAliveReading.NoticedAfterOf(new KeepAliveOptions(true, idle, interval, probes, userTimeout)));

    [Theory]
    [InlineData(SocketTimer.Off, KeepAliveState.Off)]
    [InlineData(SocketTimer.DelayedAck, KeepAliveState.Off)]
    [InlineData(SocketTimer.KeepAlive, KeepAliveState.On)]
    [InlineData(SocketTimer.Retransmit, KeepAliveState.Unknown)]
    [InlineData(SocketTimer.ZeroWindowProbe, KeepAliveState.Unknown)]
    public void The_timer_tells_where_the_socket_was_not_asked(SocketTimer timer, KeepAliveState state)
        => Assert.Equal(state, KeepAliveReading.Of(Connection(timer), TimeSpan.Zero, options: null).State);

    [Fact]
    public void What_the_socket_says_counts_more_than_its_timer()
    {
        KeepAliveReading reading = KeepAliveReading.Of(Connection(SocketTimer.Retransmit), TimeSpan.FromSeconds(5), new KeepAliveOptions(true, 60, 10, 3, 0));

        Assert.Equal((KeepAliveState.On, true), (reading.State, reading.IsExact));
        Assert.Equal(TimeSpan.FromSeconds(90), reading.NoticedAfter);
        Assert.Null(reading.NextProbe);   // No probe goes out while data waits for its acknowledgment.
    }

    [Fact]
    public void An_inferred_time_is_what_is_left_and_what_has_passed()
    {
        KeepAliveReading reading = KeepAliveReading.Of(Connection(SocketTimer.KeepAlive, milliseconds: 55_000), TimeSpan.FromSeconds(5), options: null);

        Assert.Equal((TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(55)), (reading.FirstProbeAfter, reading.NextProbe));
        Assert.Null(reading.NoticedAfter);
    }

    [Fact]
    public void The_next_probe_comes_after_the_silence_asked_for_and_not_when_the_timer_fires()
    {
        KeepAliveReading reading = KeepAliveReading.Of(
            Connection(SocketTimer.KeepAlive, milliseconds: 10_000), TimeSpan.FromSeconds(1), new KeepAliveOptions(true, 60, 10, 3, 0));

        Assert.Equal(TimeSpan.FromSeconds(59), reading.NextProbe);
    }

    [Fact]
    public void A_connection_that_is_probing_tells_its_next_probe_and_no_first_one()
    {
        SocketEntry probing = Connection(SocketTimer.KeepAlive, milliseconds: 7_000) with { TimerRetransmits = 2 };

        KeepAliveReading reading = KeepAliveReading.Of(probing, TimeSpan.FromSeconds(83), options: null);

        Assert.Null(reading.FirstProbeAfter);
        Assert.Equal(TimeSpan.FromSeconds(7), reading.NextProbe);
    }

    private static SocketEntry Connection(SocketTimer timer, uint milliseconds = 0) => new()
    {
        State = TcpState.Established,
        Family = IpFamily.V4,
        Local = default,
        Remote = default,
        Timer = timer,
        TimerMilliseconds = milliseconds,
    };
}
