using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>How both ends come to be ESTABLISHED, and what is known when.</summary>
public sealed class StateHandshakeTests
{
    [Fact]
    public void The_three_segments_of_a_handshake_show_both_ends_and_the_last_ACK_is_only_inferred_to_arrive()
        => StateTrace.Shows(
            """
             0 A SYN     seq 99
            10 B SYN+ACK seq 499 ack 100
            20 A ACK     seq 100 ack 500
            """,
            """
             0 A SYN-SENT
            10 B SYN-RECEIVED
            20 A ESTABLISHED
            20 B ESTABLISHED inferred
            """);

    [Fact]
    public void What_the_responder_sends_next_proves_that_the_ACK_arrived()
        => StateTrace.Shows(
            """
             0 A SYN     seq 99
            10 B SYN+ACK seq 499 ack 100
            20 A ACK     seq 100 ack 500
            30 B ACK     seq 500 ack 100 len 10
            """,
            """
             0 A SYN-SENT
            10 B SYN-RECEIVED
            20 A ESTABLISHED
            20 B ESTABLISHED
            """);

    [Fact]
    public void A_SYN_ACK_sent_again_proves_that_the_ACK_did_not_arrive()
        => StateTrace.Shows(
            """
               0 A SYN     seq 99
              10 B SYN+ACK seq 499 ack 100
              20 A ACK     seq 100 ack 500
            1010 B SYN+ACK seq 499 ack 100
            1020 A ACK     seq 100 ack 500
            """,
            """
               0 A SYN-SENT
              10 B SYN-RECEIVED
              20 A ESTABLISHED
            1020 B ESTABLISHED inferred
            """);

    [Fact]
    public void A_SYN_that_nobody_answers_tells_nothing_of_the_responder()
        => StateTrace.Shows(
            """
               0 A SYN seq 99
            1000 A SYN seq 99
            3000 A SYN seq 99
            """,
            "0 A SYN-SENT");

    [Fact]
    public void A_SYN_ACK_that_nobody_acknowledges_leaves_the_originator_in_SYN_SENT()
        => StateTrace.Shows(
            """
               0 A SYN     seq 99
              10 B SYN+ACK seq 499 ack 100
            1010 B SYN+ACK seq 499 ack 100
            """,
            """
             0 A SYN-SENT
            10 B SYN-RECEIVED
            """);

    [Fact]
    public void A_SYN_ACK_of_another_SYN_moves_nobody()
        => StateTrace.Shows(
            """
             0 A SYN     seq 99
            10 B SYN+ACK seq 499 ack 7
            20 A RST     seq 7
            """,
            "0 A SYN-SENT");

    [Fact]
    public void Crossing_SYNs_open_the_connection_from_both_sides()
        => StateTrace.Shows(
            """
             0 A SYN     seq 99
             5 B SYN     seq 499
            10 A SYN+ACK seq 99 ack 500
            15 B SYN+ACK seq 499 ack 100
            20 A ACK     seq 100 ack 500 len 5
            25 B ACK     seq 500 ack 105 len 5
            """,
            """
             0 A SYN-SENT
             5 B SYN-SENT
            10 A SYN-RECEIVED
            15 B SYN-RECEIVED
            15 A ESTABLISHED
            20 B ESTABLISHED
            """);

    [Fact]
    public void A_split_handshake_is_a_SYN_answered_by_a_SYN()
        => StateTrace.Shows(
            """
             0 A SYN     seq 99
             5 B ACK     seq 500 ack 100
            10 B SYN     seq 499
            15 A SYN+ACK seq 99 ack 500
            20 B ACK     seq 500 ack 100
            25 A ACK     seq 100 ack 500 len 5
            """,
            """
             0 A SYN-SENT
            10 B SYN-SENT
            15 A SYN-RECEIVED
            20 B ESTABLISHED
            20 A ESTABLISHED
            """);

    [Fact]
    public void A_FIN_and_data_with_the_handshakes_ACK_are_steps_of_their_own()
        => StateTrace.Shows(
            """
             0 A SYN     seq 99
            10 B SYN+ACK seq 499 ack 100
            20 A FIN+ACK seq 100 ack 500 len 10
            30 B ACK     seq 500 ack 111
            """,
            """
             0 A SYN-SENT
            10 B SYN-RECEIVED
            20 A ESTABLISHED
            20 A FIN-WAIT-1
            20 B ESTABLISHED
            30 B CLOSE-WAIT
            30 A FIN-WAIT-2 inferred
            """);

    [Fact]
    public void An_end_that_is_not_captured_is_inferred_from_what_the_other_acknowledges()
        => StateTrace.Shows(
            """
             0 A SYN seq 99
            20 A ACK seq 100 ack 500
            30 A ACK seq 100 ack 500 len 10
            """,
            """
             0 A SYN-SENT
            20 B SYN-RECEIVED inferred
            20 A ESTABLISHED
            20 B ESTABLISHED inferred
            """);

    [Fact]
    public void An_originator_that_is_not_captured_is_inferred_from_the_SYN_ACK_and_what_follows_it()
        => StateTrace.Shows(
            """
            10 B SYN+ACK seq 499 ack 100
            30 B ACK     seq 500 ack 110 len 20
            """,
            """
            10 A SYN-SENT inferred
            10 B SYN-RECEIVED
            30 B ESTABLISHED
            30 A ESTABLISHED inferred
            """);

    [Fact]
    public void An_ACK_that_answers_a_SYN_with_an_older_connections_numbers_is_a_challenge_and_moves_nobody()
    {
        StateTrace trace = StateTrace.Shows(
            """
               0 A SYN     seq 99
              10 B ACK     seq 7000 ack 8000
              20 A RST     seq 8000
            1000 A SYN     seq 99
            1010 B SYN+ACK seq 499 ack 100
            1020 A ACK     seq 100 ack 500
            """,
            """
               0 A SYN-SENT
            1010 B SYN-RECEIVED
            1020 A ESTABLISHED
            1020 B ESTABLISHED inferred
            """);
        Assert.Equal(SegmentMarks.ChallengeAck, trace.Marks.ElementAt(1) & SegmentMarks.ChallengeAck);
    }
}
