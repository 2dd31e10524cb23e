namespace TcpLens.Capture.Tests;

/// <summary>Why a segment was sent again, a trace for each reason. B sends; the capture was taken beside it; a round trip is 50 ms.</summary>
public sealed class LossCauseTests
{
    private const string Handshake = """
         0   A SYN     mss 1000
         0.1 B SYN+ACK mss 1000 ack 1
        50   A ACK     seq 1

        """;

    private const string FiveSegments = Handshake + """
        51   B ACK     seq 1 len 1000
        51   B ACK     seq 1001 len 1000
        51   B ACK     seq 2001 len 1000
        51   B ACK     seq 3001 len 1000
        51   B ACK     seq 4001 len 1000

        """;

    [Fact]
    public void A_timer_sends_again_when_nothing_came_back_and_doubles_when_nothing_comes_back_again() => LossTrace.Of(FiveSegments + """
         260  B ACK    seq 1 len 1000    | Retransmission Timeout
         680  B ACK    seq 1 len 1000    | Retransmission BackedOffTimeout
        1520  B ACK    seq 1 len 1000    | Retransmission BackedOffTimeout
        1570  A ACK    seq 1 ack 1001
        1570.1 B ACK   seq 1001 len 1000 | Retransmission Recovery
        1570.1 B ACK   seq 2001 len 1000 | Retransmission Recovery
        """);

    [Fact]
    public void The_third_duplicate_ACK_brings_a_fast_retransmission() => LossTrace.Of(FiveSegments + """
        101   A ACK    seq 1
        101.1 A ACK    seq 1
        101.2 A ACK    seq 1
        101.3 B ACK    seq 1 len 1000    | Retransmission Fast
        """);

    [Fact]
    public void With_SACK_blocks_the_same_is_a_recovery_by_SACK() => LossTrace.Of(FiveSegments + """
        101   A ACK    seq 1 sack 1001-2001
        101.1 A ACK    seq 1 sack 1001-3001
        101.2 A ACK    seq 1 sack 1001-4001
        101.3 B ACK    seq 1 len 1000    | Retransmission SackRecovery
        """);

    [Fact]
    public void SACK_blocks_far_ahead_need_no_third_duplicate() => LossTrace.Of(FiveSegments + """
        101   A ACK    seq 1 sack 4001-5001
        101.1 B ACK    seq 1 len 1000    | Retransmission ForwardAck
        101.1 B ACK    seq 1001 len 1000 | Retransmission Recovery
        """);

    [Fact]
    public void What_follows_until_all_is_acknowledged_that_was_under_way_belongs_to_the_recovery() => LossTrace.Of(FiveSegments + """
        101   A ACK    seq 1 sack 1001-2001
        101.1 A ACK    seq 1 sack 1001-3001
        101.2 A ACK    seq 1 sack 1001-3001 sack 4001-5001
        101.3 B ACK    seq 1 len 1000    | Retransmission SackRecovery
        151   A ACK    seq 1 ack 3001 sack 4001-5001
        151.1 B ACK    seq 3001 len 1000 | Retransmission Recovery
        201   A ACK    seq 1 ack 5001
        202   B ACK    seq 5001 len 1000
        460   B ACK    seq 5001 len 1000 | Retransmission Timeout
        """);

    [Fact]
    public void Of_three_segments_two_duplicates_are_enough() => LossTrace.Of(Handshake + """
         51   B ACK    seq 1 len 1000
         51   B ACK    seq 1001 len 1000
         51   B ACK    seq 2001 len 1000
        101   A ACK    seq 1 sack 1001-2001
        101.1 A ACK    seq 1 sack 1001-3001
        101.2 B ACK    seq 1 len 1000    | Retransmission Early
        """);

    [Fact]
    public void The_last_segment_after_two_round_trips_is_a_probe_and_begins_no_recovery() => LossTrace.Of(FiveSegments + """
        155   B ACK    seq 4001 len 1000 | Retransmission TailLossProbe
        205   A ACK    seq 1 sack 4001-5001
        205.1 B ACK    seq 1 len 1000    | Retransmission ForwardAck
        """);

    [Fact]
    public void SYNs_and_FINs_alone_are_told_apart() => LossTrace.Of("""
           0  A SYN     mss 1000
        1000  A SYN     mss 1000         | Retransmission Control
        3000  A SYN     mss 1000         | Retransmission Control
        3001  B SYN+ACK mss 1000 ack 1
        3050  A ACK     seq 1
        3060  A FIN+ACK seq 1
        3300  A FIN+ACK seq 1            | Retransmission Control
        """);

    [Fact]
    public void What_nothing_explains_is_unknown() => LossTrace.Of(FiveSegments + """
         55   B ACK    seq 1 len 1000    | Retransmission Unknown
        """);

    [Fact]
    public void Octets_that_were_acknowledged_are_sent_again_in_vain() => LossTrace.Of(FiveSegments + """
        101   A ACK    seq 1 ack 5001
        270   B ACK    seq 4001 len 1000 | Retransmission Spurious Timeout
        """);

    [Fact]
    public void A_duplicate_ACK_from_before_the_octets_were_sent_asks_for_nothing() => LossTrace.Of(FiveSegments + """
        101   A ACK    seq 1 ack 5001
        102   B ACK    seq 5001 len 1000
        103   A ACK    seq 1 ack 5001
        103.1 A ACK    seq 1 ack 5001
        103.2 A ACK    seq 1 ack 5001
        120   B ACK    seq 6001 len 1000
        320   B ACK    seq 6001 len 1000 | Retransmission Timeout
        """);

    [Fact]
    public void New_octets_on_a_first_or_second_duplicate_are_a_limited_transmit() => LossTrace.Of(FiveSegments + """
        101   A ACK    seq 1 sack 1001-2001
        101.1 B ACK    seq 5001 len 1000 | LimitedTransmit
        101.5 A ACK    seq 1 sack 1001-3001
        101.6 B ACK    seq 6001 len 1000 | LimitedTransmit
        140   B ACK    seq 7001 len 1000
        """);

    /// <summary>The capture is 40 ms from the sender: what it sends is an answer to what passed here 40 ms ago.</summary>
    [Fact]
    public void Near_the_receiver_a_cause_lies_a_turnaround_back() => LossTrace.Of("""
          0   A SYN     mss 1000
         40   B SYN+ACK mss 1000 ack 1
         40.1 A ACK     seq 1
         81   B ACK     seq 1 len 1000
         81   B ACK     seq 1001 len 1000
         81   B ACK     seq 3001 len 1000
         81   B ACK     seq 4001 len 1000
         81   B ACK     seq 5001 len 1000
         81.1 A ACK     seq 1 ack 2001
         81.2 A ACK     seq 1 ack 2001 sack 3001-4001
         81.3 A ACK     seq 1 ack 2001 sack 3001-5001
         81.4 A ACK     seq 1 ack 2001 sack 3001-6001
        121.5 B ACK     seq 2001 len 1000 | Retransmission LostBefore SackRecovery
        """);
}
