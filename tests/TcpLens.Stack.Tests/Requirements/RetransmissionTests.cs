using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>The retransmission timer (RFC 9293 §3.8.1, RFC 6298, RFC 8961).</summary>
public sealed class RetransmissionTests
{
    private static readonly TcpSettings Plain = TcpSettings.Default with { Rack = false, MinimumRto = TimeSpan.FromMilliseconds(1) };

    [Fact]
    [Requirement("6298-1", "6298-9", "8961-1", "MUST-18", "MUST-19")]
    public void Without_a_round_trip_the_timeout_is_a_second_and_it_doubles()
    {
        Peer peer = Peer.Connecting();
        Assert.Equal(TimeSpan.FromSeconds(1), peer.Subject.Status.Rto);
        Assert.Equal("", peer.Pass(0.999));
        Assert.Equal("SYN 0; SYN 0; SYN 0; SYN 0; SYN 0", peer.Pass(31.001));
        Assert.Equal([2, 4, 8, 16], peer.Gaps());
    }

    [Fact]
    [Requirement("6298-2", "6298-3", "MUST-18", "8961-1")]
    public void The_timeout_follows_the_round_trips_and_their_variation()
    {
        var trace = new RecoveryTrace(Plain, rtt: 100);
        Assert.Equal((100.0, 50.0, 300.0), Milliseconds(trace));
        trace.Write(1000).Wait(200).Ack(1001);
        Assert.Equal((112.5, 62.5, 362.5), Milliseconds(trace));
        trace.Write(1000).Wait(50).Ack(2001);
        Assert.Equal((104.688, 62.5, 354.687), Milliseconds(trace));
    }

    [Fact]
    [Requirement("6298-4")]
    public void The_timeout_has_a_floor_that_can_be_the_second_of_the_RFC()
    {
        Assert.Equal(300, Milliseconds(new RecoveryTrace(TcpSettings.Default, rtt: 100)).Rto);
        Assert.Equal(210, Milliseconds(new RecoveryTrace(TcpSettings.Default, rtt: 10)).Rto);
        Assert.True(Milliseconds(new RecoveryTrace(TcpSettings.Default with { MinimumRto = TimeSpan.FromSeconds(1) }, rtt: 10)).Rto >= 1000);
    }

    [Fact]
    [Requirement("6298-5", "6298-9", "MUST-19")]
    public void It_does_not_double_beyond_a_bound_of_a_minute_or_more()
    {
        Assert.True(TcpSettings.Default.MaximumRto >= TimeSpan.FromSeconds(60));
        Peer peer = Peer.Established(TcpSettings.Default with { MaximumRto = TimeSpan.FromSeconds(60) });
        peer.Send(10);
        peer.Pass(400);
        double[] gaps = peer.Gaps();
        Assert.Equal([60, 60], gaps[^2..]);
        Assert.All(gaps.Zip(gaps.Skip(1)), static pair => Assert.InRange(pair.Second, pair.First, 60));
    }

    [Fact]
    [Requirement("6298-6", "MUST-18", "7323-12")]
    public void What_was_sent_again_measures_nothing_unless_a_timestamp_tells_which_it_was()
    {
        var trace = new RecoveryTrace(Plain, rtt: 100);
        trace.Write(1000).Wait(350);
        Assert.Equal("1:1001 R1:1001", trace.Sent);
        trace.Wait(20).Ack(1001);
        Assert.Equal(100.0, Milliseconds(trace).Smoothed);

        // Nor what waited behind it.
        trace = new RecoveryTrace(Plain, hasSack: false, rtt: 100);
        trace.Write(2000).Wait(350).Ack(2001);
        Assert.Equal(100.0, Milliseconds(trace).Smoothed);

        trace = new RecoveryTrace(Plain, rtt: 100);
        trace.Write(1000).Wait(350).Ack(new AckFacts { EchoedRtt = TimeSpan.FromMilliseconds(20) }, 1001);
        Assert.Equal(90.0, Milliseconds(trace).Smoothed);
    }

    [Fact]
    [Requirement("6298-7")]
    public void Round_trips_are_measured_in_microseconds()
    {
        var trace = new RecoveryTrace(Plain, rtt: 10);
        trace.Write(1000).Wait(1.5).Ack(1001);
        Assert.Equal(8.938, Milliseconds(trace).Smoothed);
    }

    [Fact]
    [Requirement("6298-8")]
    public void The_timer_runs_while_something_is_in_flight_and_begins_anew_with_each_ACK_of_something_new()
    {
        var trace = new RecoveryTrace(Plain, rtt: 100);
        Assert.Equal(Instant.Never, trace.Recovery.NextTimeout);
        trace.Write(2000);
        Assert.Equal(TimeSpan.FromMilliseconds(300), trace.Recovery.NextTimeout - trace.Now);
        trace.Wait(100);
        Assert.Equal(TimeSpan.FromMilliseconds(200), trace.Recovery.NextTimeout - trace.Now);
        trace.Ack(1001);
        Assert.Equal(trace.Recovery.Rto, trace.Recovery.NextTimeout - trace.Now);
        trace.Ack(2001);
        Assert.Equal(Instant.Never, trace.Recovery.NextTimeout);
    }

    [Fact]
    [Requirement("6298-9", "MUST-18")]
    public void When_it_expires_the_earliest_octets_are_sent_again()
    {
        var trace = new RecoveryTrace(Plain, hasSack: false, rtt: 100);
        trace.Write(3000);
        Assert.Equal("1:1001 1001:2001 2001:3001", trace.Sent);
        trace.Wait(301);
        Assert.Equal("R1:1001", trace.Sent);
        trace.Wait(600);
        Assert.Equal("R1:1001", trace.Sent);
    }

    [Fact]
    [Requirement("6298-10")]
    public void After_a_SYN_was_lost_data_waits_three_seconds()
    {
        Peer peer = Peer.Connecting();
        peer.Pass(1.5);
        peer.Give(ControlBits.Syn | ControlBits.Ack, options: Peer.Mss());
        peer.Send(10);
        Assert.Equal("PSH+ACK 1+10 ack 1", peer.Pass(3.0));
        Assert.Equal("", peer.Pass(2.9));
    }

    [Fact]
    [Requirement("7323-13")]
    public void Many_samples_of_one_round_trip_weigh_as_much_as_one()
    {
        var one = new RecoveryTrace(Plain, rtt: 100);
        one.Write(1000).Wait(200).Ack(1001);
        var many = new RecoveryTrace(Plain, rtt: 100);
        many.Write(10_000).Wait(200);
        for (int i = 1; i <= 10; i++)
        {
            many.Ack(1 + (1000 * i)).Write(1000);
        }

        Assert.Equal(Milliseconds(one).Smoothed, Milliseconds(many).Smoothed, tolerance: 12);
        double unweighted = 200 - (100 * Math.Pow(7 / 8.0, 10));
        Assert.True(Milliseconds(many).Smoothed < unweighted - 40, $"{Milliseconds(many)}");
    }

    private static (double Smoothed, double Variation, double Rto) Milliseconds(RecoveryTrace trace) => (
        trace.Status.SmoothedRtt.TotalMilliseconds, trace.Status.RttVariation.TotalMilliseconds, trace.Status.Rto.TotalMilliseconds);
}
