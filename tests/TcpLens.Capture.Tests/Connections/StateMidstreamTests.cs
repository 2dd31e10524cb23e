namespace TcpLens.Capture.Tests;

/// <summary>Captures that begin in the middle: what can be known, and from when.</summary>
public sealed class StateMidstreamTests
{
    [Fact]
    public void The_first_data_makes_its_sender_likely_ESTABLISHED_and_says_nothing_of_the_other_end()
        => StateTrace.Shows("0 A ACK seq 1000 ack 5000 len 10", "0 A ESTABLISHED inferred");

    [Fact]
    public void Data_of_both_ends_proves_both_ESTABLISHED_since_neither_had_the_others_FIN()
        => StateTrace.Shows(
            """
             0 A ACK seq 1000 ack 5000 len 10
            10 B ACK seq 5000 ack 1010
            20 B ACK seq 5000 ack 1010 len 10
            """,
            """
             0 A ESTABLISHED
            10 B ESTABLISHED
            """);

    [Fact]
    public void An_end_that_only_acknowledges_may_have_closed_its_direction_long_ago()
        => StateTrace.Shows(
            """
             0 A ACK seq 1000 ack 5000 len 10
            10 B ACK seq 5000 ack 1010
            20 A ACK seq 1010 ack 5000 len 10
            30 B ACK seq 5000 ack 1020
            """,
            """
             0 A ESTABLISHED inferred
            10 B ESTABLISHED inferred
            """);

    [Fact]
    public void An_end_that_is_not_captured_is_there_when_more_and_more_of_it_is_acknowledged()
        => StateTrace.Shows(
            """
             0 A ACK seq 1000 ack 5000
            10 A ACK seq 1000 ack 6400
            """,
            """
             0 A ESTABLISHED inferred
            10 B ESTABLISHED inferred
            """);

    [Fact]
    public void A_close_is_followed_where_the_open_was_not_seen()
        => StateTrace.Shows(
            """
             0 A FIN+ACK seq 1000 ack 5000
            10 B ACK     seq 5000 ack 1001
            20 B FIN+ACK seq 5000 ack 1001
            30 A ACK     seq 1001 ack 5001
            """,
            """
             0 A ESTABLISHED
             0 A FIN-WAIT-1
            10 B ESTABLISHED
            10 B CLOSE-WAIT
            10 A FIN-WAIT-2
            20 B LAST-ACK
            30 A TIME-WAIT
            30 B CLOSED inferred
            """);

    [Fact]
    public void Segments_with_bits_that_no_TCP_sends_move_nobody()
        => StateTrace.Shows(
            """
             0 A SYN+FIN     seq 99
             5 A FIN+PSH+URG seq 99
            10 A none        seq 99
            15 A SYN+RST     seq 99
            """,
            "");
}
