namespace TcpLens.Capture.Tests;

/// <summary>Octets below others: sent before, lost before they came here, or only late. The capture was taken between the ends.</summary>
public sealed class LossOrderTests
{
    private const string Handshake = """
         0   A SYN     mss 1000
        10   B SYN+ACK mss 1000 ack 1
        50   A ACK     seq 1

        """;

    private const string Gap = Handshake + """
        51   B ACK     seq 1 len 1000
        52   B ACK     seq 2001 len 1000

        """;

    [Fact]
    public void Shortly_after_a_gap_opened_what_fills_it_comes_late() => LossTrace.Of(Gap + """
        53   B ACK     seq 1001 len 1000 | OutOfOrder
        """);

    [Fact]
    public void A_round_trip_after_it_was_lost_before_it_came_here() => LossTrace.Of(Gap + """
        110  B ACK     seq 1001 len 1000 | Retransmission LostBefore Unknown
        """);

    [Fact]
    public void A_pure_ACK_opens_a_gap_as_well() => LossTrace.Of(Handshake + """
        51   B ACK     seq 1 len 1000
        52   B ACK     seq 2001
        53   B ACK     seq 1001 len 1000 | OutOfOrder
        """);

    [Theory]
    [InlineData(53, 8, "Retransmission LostBefore Unknown")]
    [InlineData(110, 6, "OutOfOrder")]
    public void The_senders_clock_knows_better_than_the_time(int milliseconds, int timestamp, string told) => LossTrace.Of(Handshake + $"""
        51   B ACK     seq 1 len 1000 ts 5/0
        52   B ACK     seq 2001 len 1000 ts 7/0
        {milliseconds} B ACK seq 1001 len 1000 ts {timestamp}/0 | {told}
        """);

    [Fact]
    public void What_acknowledges_less_than_its_sender_already_did_was_sent_before() => LossTrace.Of(Handshake + """
        51   B ACK     seq 1 len 1000
        60   A ACK     seq 1 ack 1001 len 500
        65   B ACK     seq 2001 len 1000 ack 501
        150  B ACK     seq 1001 len 1000 ack 1 | OutOfOrder
        """);

    [Fact]
    public void The_same_packet_twice_was_sent_once() => LossTrace.Of(Handshake + """
        51   B ACK     seq 1 len 1000 id 77
        51.2 B ACK     seq 1 len 1000 id 77 | Retransmission CapturedTwice
        400  B ACK     seq 1 len 1000 id 78 | Retransmission Timeout
        """);

    [Fact]
    public void Octets_cut_in_another_way_are_the_same_octets() => LossTrace.Of(Handshake + """
         51   B ACK    seq 1 len 1000
         51   B ACK    seq 1001 len 1000
        400   B ACK    seq 1 len 1500    | Retransmission Timeout
        440   A ACK    seq 1 ack 1501
        450   B ACK    seq 1501 len 1500 | Retransmission Recovery
        """);

    [Fact]
    public void Octets_captured_after_their_acknowledgment_are_late() => LossTrace.Of(Handshake + """
        51   B ACK     seq 1 len 1000
        52   A ACK     seq 1 ack 3001
        52.1 B ACK     seq 2001 len 1000 | OutOfOrder
        52.2 B ACK     seq 1001 len 1000 | OutOfOrder
        """);

    [Fact]
    public void A_stream_that_goes_on_far_away_leaves_nothing_behind() => LossTrace.Of(Handshake + """
        51   B ACK     seq 1 len 1000
        52   B ACK     seq 2000000000 len 1000
        400  B ACK     seq 2000000000 len 1000 | Retransmission Timeout
        """);
}
