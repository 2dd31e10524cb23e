namespace TcpLens.Capture.Tests;

/// <summary>Marks that windows tell, and the windows themselves.</summary>
public sealed class SequenceWindowTests
{
    private const string Handshake =
        """
        A SYN     seq 999 win 60000 mss 1460 scale 4
        B SYN+ACK seq 4999 ack 1000 win 60000 mss 1460 scale 2
        A ACK     seq 1000 ack 5000 win 1000

        """;

    [Fact]
    public void A_closed_window_its_probe_and_the_answer_have_their_marks() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 100
        B ACK seq 5000 ack 1100 win 0   | ZeroWindow
        A ACK seq 1100 ack 5000 len 1   | ZeroWindowProbe
        B ACK seq 5000 ack 1100 win 0   | ZeroWindow ZeroWindowProbeAck
        B ACK seq 5000 ack 1100 win 500 | WindowUpdate
        A ACK seq 1100 ack 5000 len 100
        """);

    [Fact]
    public void One_octet_is_no_probe_while_the_other_end_was_not_heard() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 1
        A ACK seq 1001 ack 5000 len 1
        A ACK seq 1002 ack 5000 len 1
        """);

    [Fact]
    public void SYN_FIN_and_RST_never_close_a_window() => SequenceTrace.Of(
        """
        A SYN     seq 999 win 0
        B SYN+ACK seq 4999 ack 1000 win 0
        A FIN+ACK seq 1000 ack 5000 win 0
        B RST     seq 5000 win 0
        """);

    [Fact]
    public void The_segment_that_ends_where_the_scaled_offer_ends_fills_the_window() => SequenceTrace.Of(Handshake +
        """
        B ACK seq 5000 ack 1000 win 50 | WindowUpdate
        A ACK seq 1000 ack 5000 len 150
        A ACK seq 1150 ack 5000 len 50 | WindowFull
        """);

    [Fact]
    public void The_window_of_a_SYN_is_not_scaled() => SequenceTrace.Of(
        """
        A SYN     seq 999 win 60000 mss 1460 scale 4
        B SYN+ACK seq 4999 ack 1000 win 100 mss 1460 scale 2
        A ACK     seq 1000 ack 5000 len 100 | WindowFull
        """);

    [Fact]
    public void Where_one_SYN_had_no_scale_nothing_is_scaled() => SequenceTrace.Of(
        """
        A SYN     seq 999 win 60000 mss 1460 scale 4
        B SYN+ACK seq 4999 ack 1000 win 60000 mss 1460
        A ACK     seq 1000 ack 5000 win 1000
        B ACK     seq 5000 ack 1000 len 1000 win 50 | WindowFull
        A ACK     seq 1000 ack 6000 len 50 | WindowFull
        """);

    [Fact]
    public void A_window_of_unknown_scale_is_never_full() => SequenceTrace.Of(
        """
        B ACK seq 5000 ack 1000 win 100
        A ACK seq 1000 ack 5000 len 100
        """);

    [Fact]
    public void A_new_window_with_the_same_numbers_is_an_update_unless_it_closes() => SequenceTrace.Of(
        """
        B ACK seq 5000 ack 1000 win 100
        B ACK seq 5000 ack 1000 win 90  | WindowUpdate
        B ACK seq 5000 ack 1000 win 0   | ZeroWindow
        B ACK seq 5000 ack 1000 win 100 | WindowUpdate
        B ACK seq 5000 ack 1001 win 200
        """);

    [Fact]
    public void Smallest_and_largest_are_of_the_windows_after_the_handshake_in_octets()
    {
        SequenceTrace trace = SequenceTrace.Of(Handshake +
            """
            A ACK seq 1000 ack 5000 win 2000 | WindowUpdate
            A RST seq 1000 win 0
            """);
        Assert.Equal((16_000u, 32_000u), (trace.A.SmallestWindow, trace.A.LargestWindow));
        Assert.False(trace.B.Has(SequenceFacts.HasWindow));
    }

    [Fact]
    public void The_answer_of_a_handshake_alone_tells_the_scale_of_its_sender()
    {
        SequenceTrace trace = SequenceTrace.Of(
            """
            B SYN+ACK seq 4999 ack 1000 win 60000 mss 1460 scale 2
            A ACK     seq 1000 ack 5000 win 1000 len 10
            B ACK     seq 5000 ack 1010 win 1000
            """);
        Assert.True(trace.B.Has(SequenceFacts.ScaleKnown));
        Assert.False(trace.A.Has(SequenceFacts.ScaleKnown));
        Assert.Equal((4_000u, 1_000u), (trace.B.LargestWindow, trace.A.LargestWindow));
    }

    [Fact]
    public void A_shift_beyond_14_is_taken_as_14()
    {
        SequenceTrace trace = SequenceTrace.Of(
            """
            A SYN     seq 999 scale 200
            B SYN+ACK seq 4999 ack 1000 scale 15
            A ACK     seq 1000 ack 5000 win 65535
            """);
        Assert.Equal(1_073_725_440u, trace.A.LargestWindow);
    }
}
