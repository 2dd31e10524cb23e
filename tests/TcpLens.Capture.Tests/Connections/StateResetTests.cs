using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>What a RST does to whom, and what it does not.</summary>
public sealed class StateResetTests
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
    public void A_RST_that_answers_a_SYN_refuses_it()
        => StateTrace.Shows(
            """
             0 A SYN     seq 99
            10 B RST+ACK seq 0 ack 100
            """,
            """
             0 A SYN-SENT
            10 B CLOSED
            10 A CLOSED inferred
            """);

    [Fact]
    public void A_SYN_sent_again_after_a_RST_shows_that_the_RST_did_not_arrive()
        => StateTrace.Shows(
            """
               0 A SYN     seq 99
              10 B RST+ACK seq 0 ack 100
            1000 A SYN     seq 99
            """,
            """
             0 A SYN-SENT
            10 B CLOSED
            """);

    [Fact]
    public void A_RST_that_acknowledges_something_else_than_the_SYN_moves_nobody()
        => StateTrace.Shows(
            """
             0 A SYN     seq 99
            10 B RST+ACK seq 0 ack 7
            """,
            "0 A SYN-SENT");

    [Fact]
    public void A_passive_open_that_is_reset_goes_back_to_LISTEN()
        => StateTrace.Shows(
            """
             0 A SYN     seq 99
            10 B SYN+ACK seq 499 ack 100
            20 A RST     seq 100
            """,
            """
             0 A SYN-SENT
            10 B SYN-RECEIVED
            20 A CLOSED
            20 B LISTEN inferred
            """);

    [Fact]
    public void A_simultaneous_open_that_is_reset_is_CLOSED()
        => StateTrace.Shows(
            """
             0 A SYN     seq 99
             5 B SYN     seq 499
            10 A SYN+ACK seq 99 ack 500
            15 B RST     seq 500 ack 100
            """,
            """
             0 A SYN-SENT
             5 B SYN-SENT
            10 A SYN-RECEIVED
            15 B CLOSED
            15 A CLOSED inferred
            """);

    [Theory]
    [InlineData("50 A RST     seq 110", "50 A CLOSED\n50 B CLOSED inferred")]
    [InlineData("50 B RST+ACK seq 510 ack 110", "50 B CLOSED\n50 A CLOSED inferred")]
    [InlineData(
        """
        50 A FIN+ACK seq 110 ack 510
        60 A RST     seq 111
        """,
        """
        50 A FIN-WAIT-1
        60 A CLOSED
        60 B CLOSED inferred
        """)]
    [InlineData(
        """
        50 A FIN+ACK seq 110 ack 510
        60 B ACK     seq 510 ack 111
        70 B RST+ACK seq 510 ack 111
        """,
        """
        50 A FIN-WAIT-1
        60 B CLOSE-WAIT
        60 A FIN-WAIT-2 inferred
        70 B CLOSED
        70 A CLOSED inferred
        """)]
    [InlineData(
        """
        50 A FIN+ACK seq 110 ack 510
        55 B FIN+ACK seq 510 ack 110
        60 A ACK     seq 111 ack 511
        65 A RST     seq 111
        """,
        """
        50 A FIN-WAIT-1
        55 B FIN-WAIT-1
        60 A CLOSING
        60 B CLOSING inferred
        60 B TIME-WAIT inferred
        65 A CLOSED
        65 B CLOSED inferred
        """)]
    [InlineData(
        """
        50 A FIN+ACK seq 110 ack 510
        60 B FIN+ACK seq 510 ack 111
        70 A RST     seq 111
        """,
        """
        50 A FIN-WAIT-1
        60 B CLOSE-WAIT
        60 B LAST-ACK
        70 A CLOSED
        70 B CLOSED inferred
        """)]
    public void A_RST_ends_every_state_of_an_open_connection(string lines, string timeline) => StateTrace.Shows(Handshake + lines, Open + timeline);

    [Fact]
    public void A_RST_outside_of_the_window_moves_nobody()
    {
        StateTrace trace = StateTrace.Shows(Handshake + "50 B RST seq 90000 ack 0", Open);
        Assert.Equal(SegmentMarks.InvalidReset, trace.Marks.Last() & SegmentMarks.InvalidReset);
        Assert.Equal(ConnectionOutcome.Open, trace.Only.Outcome);
    }

    [Fact]
    public void Data_sent_after_a_RST_shows_that_it_has_not_arrived_and_the_next_one_tells_again()
    {
        StateTrace trace = StateTrace.Shows(
            Handshake +
            """
            50 A RST seq 110
            51 B ACK seq 510 ack 110 len 100
            52 A RST seq 110
            """,
            Open +
            """
            50 A CLOSED
            52 B CLOSED inferred
            """);
        Assert.Equal([false, true, false], trace.Marks.Skip(5).Select(marks => (marks & SegmentMarks.AfterClose) != SegmentMarks.None));
    }

    [Fact]
    public void A_RST_that_ends_a_TIME_WAIT_is_its_assassination()
    {
        StateTrace trace = StateTrace.Shows(
            Handshake +
            """
             50 A FIN+ACK seq 110 ack 510
             60 B FIN+ACK seq 510 ack 111
             70 A ACK     seq 111 ack 511
            100 B ACK     seq 300 ack 111 len 5
            110 A ACK     seq 111 ack 511
            120 B RST     seq 511
            """,
            Open +
            """
             50 A FIN-WAIT-1
             60 B CLOSE-WAIT
             60 B LAST-ACK
             70 A TIME-WAIT
             70 B CLOSED
            120 A CLOSED inferred
            """);
        Assert.Equal(SegmentMarks.TimeWaitAssassination, trace.Marks.Last() & SegmentMarks.TimeWaitAssassination);
        Assert.Equal(TimeSpan.FromMilliseconds(50), trace.Only.TimeWait);
    }

    [Fact]
    public void A_RST_of_no_connection_is_all_that_is_known_of_its_sender()
        => StateTrace.Shows(
            "0 A RST seq 100",
            """
            0 A CLOSED inferred
            0 B CLOSED inferred
            """);
}
