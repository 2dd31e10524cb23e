namespace TcpLens.Capture.Tests;

/// <summary>How both ends come to be CLOSED in order.</summary>
public sealed class StateCloseTests
{
    private const string Handshake =
        """
         0 A SYN     seq 99
        10 B SYN+ACK seq 499 ack 100
        20 A ACK     seq 100 ack 500
        30 B ACK     seq 500 ack 100 len 10
        40 A ACK     seq 100 ack 510 len 10

        """;

    private const string Open =
        """
         0 A SYN-SENT
        10 B SYN-RECEIVED
        20 A ESTABLISHED
        20 B ESTABLISHED

        """;

    [Fact]
    public void Four_segments_close_both_ends_and_the_first_to_close_waits_in_TIME_WAIT()
        => Shows(
            """
            50 A FIN+ACK seq 110 ack 510
            60 B ACK     seq 510 ack 111
            70 B FIN+ACK seq 510 ack 111
            80 A ACK     seq 111 ack 511
            """,
            """
            50 A FIN-WAIT-1
            60 B CLOSE-WAIT
            60 A FIN-WAIT-2
            70 B LAST-ACK
            80 A TIME-WAIT
            80 B CLOSED inferred
            """);

    [Fact]
    public void Three_segments_close_both_ends_when_the_second_FIN_acknowledges_the_first()
        => Shows(
            """
            50 B FIN+ACK seq 510 ack 110
            60 A FIN+ACK seq 110 ack 511
            70 B ACK     seq 511 ack 111
            """,
            """
            50 B FIN-WAIT-1
            60 A CLOSE-WAIT
            60 A LAST-ACK
            70 B TIME-WAIT
            70 A CLOSED inferred
            """);

    [Fact]
    public void FINs_that_cross_take_both_ends_through_CLOSING()
        => Shows(
            """
            50 A FIN+ACK seq 110 ack 510
            55 B FIN+ACK seq 510 ack 110
            60 A ACK     seq 111 ack 511
            65 B ACK     seq 511 ack 111
            """,
            """
            50 A FIN-WAIT-1
            55 B FIN-WAIT-1
            60 A CLOSING
            60 B CLOSING
            60 B TIME-WAIT inferred
            65 A TIME-WAIT inferred
            """);

    [Fact]
    public void Data_after_the_other_ends_FIN_is_a_half_close()
        => Shows(
            """
             50 A FIN+ACK seq 110 ack 510
             60 B ACK     seq 510 ack 111
             70 B ACK     seq 510 ack 111 len 100
             80 A ACK     seq 111 ack 610
             90 B FIN+ACK seq 610 ack 111
            100 A ACK     seq 111 ack 611
            """,
            """
             50 A FIN-WAIT-1
             60 B CLOSE-WAIT
             60 A FIN-WAIT-2
             90 B LAST-ACK
            100 A TIME-WAIT
            100 B CLOSED inferred
            """);

    [Fact]
    public void A_FIN_sent_again_takes_back_what_its_sender_was_inferred_to_know()
        => Shows(
            """
             50 A FIN+ACK seq 110 ack 510
             60 B FIN+ACK seq 510 ack 111
             70 A ACK     seq 111 ack 511
            270 B FIN+ACK seq 510 ack 111
            280 A ACK     seq 111 ack 511
            """,
            """
             50 A FIN-WAIT-1
             60 B CLOSE-WAIT
             60 B LAST-ACK
             70 A TIME-WAIT
            280 B CLOSED inferred
            """);

    [Fact]
    public void A_FIN_sent_again_and_not_acknowledged_again_leaves_its_sender_in_LAST_ACK()
        => Shows(
            """
             50 A FIN+ACK seq 110 ack 510
             60 B FIN+ACK seq 510 ack 111
             70 A ACK     seq 111 ack 511
            270 B FIN+ACK seq 510 ack 111
            """,
            """
             50 A FIN-WAIT-1
             60 B CLOSE-WAIT
             60 B LAST-ACK
             70 A TIME-WAIT
            """);

    [Fact]
    public void A_FIN_that_nobody_acknowledges_leaves_the_other_end_ESTABLISHED()
        => Shows(
            """
             50 A FIN+ACK seq 110 ack 510
            250 A FIN+ACK seq 110 ack 510
            650 A FIN+ACK seq 110 ack 510
            """,
            "50 A FIN-WAIT-1");

    [Fact]
    public void A_FIN_acknowledged_twice_is_inferred_to_have_arrived_at_the_first_time()
        => Shows(
            """
            50 A FIN+ACK seq 110 ack 510
            60 B ACK     seq 510 ack 111
            70 B ACK     seq 510 ack 111
            """,
            """
            50 A FIN-WAIT-1
            60 B CLOSE-WAIT
            60 A FIN-WAIT-2 inferred
            """);

    [Fact]
    public void The_responder_may_close_first_and_the_originator_go_on()
        => Shows(
            """
            50 B FIN+ACK seq 510 ack 110
            60 A ACK     seq 110 ack 511
            70 A ACK     seq 110 ack 511 len 20
            80 B ACK     seq 511 ack 130
            90 A FIN+ACK seq 130 ack 511
            95 B ACK     seq 511 ack 131
            """,
            """
            50 B FIN-WAIT-1
            60 A CLOSE-WAIT
            60 B FIN-WAIT-2
            90 A LAST-ACK
            95 B TIME-WAIT
            95 A CLOSED inferred
            """);

    private static void Shows(string lines, string timeline) => StateTrace.Shows(Handshake + lines, Open + timeline);
}
