using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

public sealed class LossRoundTripTests
{
    private const string Handshake = """
         0   A SYN     mss 1000
         0.5 B SYN+ACK mss 1000 ack 1
        50   A ACK     seq 1

        """;

    [Fact]
    public void A_handshake_is_two_round_trips_that_meet_here()
    {
        ConnectionRecord record = LossTrace.Of(Handshake).Only;
        Assert.Equal(TimeSpan.FromMilliseconds(0.5), record.SynToSynAck);
        Assert.Equal(TimeSpan.FromMilliseconds(50), record.HandshakeRtt);
    }

    [Fact]
    public void A_SYN_sent_twice_gives_no_handshake_time()
    {
        ConnectionRecord record = LossTrace.Of("""
               0   A SYN     mss 1000
            1000   A SYN     mss 1000 | Retransmission Control
            1000.5 B SYN+ACK mss 1000 ack 1
            1050   A ACK     seq 1
            """).Only;
        Assert.Null(record.SynToSynAck);
        Assert.Null(record.HandshakeRtt);
    }

    [Fact]
    public void Acknowledgments_complete_round_trips_since_the_last_segment_they_cover()
    {
        LossTrace trace = LossTrace.Of(Handshake + """
             60   B ACK seq 1 len 1000
             70   B ACK seq 1001 len 1000
            110   A ACK seq 1 ack 2001
            120   B ACK seq 2001 len 1000
            150   A ACK seq 1 ack 3001
            """);
        Assert.Equal([500_000, 49_500_000, 40_000_000, 30_000_000], trace.RoundTrips);
        Assert.Equal(new RttSummary(3, 30_000_000, 39_833_332, 49_500_000), trace.Only.FromResponder.Rtt);
    }

    [Fact]
    public void What_was_sent_twice_gives_no_round_trip()
    {
        LossTrace trace = LossTrace.Of(Handshake + """
             60   B ACK seq 1 len 1000
            400   B ACK seq 1 len 1000 | Retransmission Timeout
            450   A ACK seq 1 ack 1001
            """);
        Assert.Equal([500_000, 49_500_000], trace.RoundTrips);
    }

    [Theory]
    [InlineData(9, 50_000_000)]
    [InlineData(5, 0)]
    public void Unless_the_echo_of_its_timestamp_says_which_arrived(int echo, long roundTrip)
    {
        LossTrace trace = LossTrace.Of(Handshake + $"""
             60   B ACK seq 1 len 1000 ts 5/0
            400   B ACK seq 1 len 1000 ts 9/0 | Retransmission Timeout
            450   A ACK seq 1 ack 1001 ts 1/{echo}
            """);
        Assert.Equal(roundTrip == 0 ? [500_000, 49_500_000] : [500_000, 49_500_000, roundTrip], trace.RoundTrips);
    }
}
