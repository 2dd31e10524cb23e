namespace TcpLens.Capture.Tests;

/// <summary>Marks that acknowledgments tell.</summary>
public sealed class SequenceAcknowledgmentTests
{
    [Fact]
    public void Duplicate_ACKs_repeat_numbers_and_window_and_are_counted_in_a_row()
    {
        SequenceTrace trace = SequenceTrace.Of(
            """
            A ACK seq 1000 ack 5000 len 100
            B ACK seq 5000 ack 1000
            B ACK seq 5000 ack 1000 | DuplicateAck
            B ACK seq 5000 ack 1000 | DuplicateAck
            B ACK seq 5000 ack 1000 | DuplicateAck
            """);
        Assert.Equal(3, trace.B.DuplicateAcks);
    }

    [Fact]
    public void A_new_acknowledgment_begins_the_count_anew()
    {
        SequenceTrace trace = SequenceTrace.Of(
            """
            A ACK seq 1000 ack 5000 len 100
            B ACK seq 5000 ack 1000
            B ACK seq 5000 ack 1000 | DuplicateAck
            B ACK seq 5000 ack 1100
            B ACK seq 5000 ack 1100 | DuplicateAck
            """);
        Assert.Equal(1, trace.B.DuplicateAcks);
    }

    [Fact]
    public void Octets_or_another_place_in_the_stream_make_an_ACK_no_duplicate() => SequenceTrace.Of(
        """
        A ACK     seq 1000 ack 5000 len 100
        B ACK     seq 5000 ack 1000
        B ACK     seq 5000 ack 1000 len 10
        B ACK     seq 5000 ack 1000
        B FIN+ACK seq 5010 ack 1000
        """);

    [Fact]
    public void An_acknowledgment_beyond_what_was_seen_is_told_once() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 100
        B ACK seq 5000 ack 1500 | AckOfUnseen
        B ACK seq 5000 ack 1500 | DuplicateAck
        A ACK seq 1500 ack 5000 len 100 | GapBefore
        B ACK seq 5000 ack 1600 | AckOfUnseen
        B ACK seq 5000 ack 1700
        """);

    [Fact]
    public void Nothing_is_said_of_acknowledgments_to_an_end_that_was_never_seen() => SequenceTrace.Of(
        """
        B ACK seq 5000 ack 1000
        B ACK seq 5000 ack 900000
        B ACK seq 5000 ack 4
        """);

    [Fact]
    public void SACK_blocks_above_the_acknowledgment_report_what_came_and_below_it_or_twice_what_came_twice() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 100
        B ACK seq 5000 ack 1100 sack 1200-1300                | SelectiveAck
        B ACK seq 5000 ack 1100 sack 1000-1100                | SelectiveAck DuplicateSack DuplicateAck
        B ACK seq 5000 ack 1100 sack 1250-1300 sack 1200-1400 | SelectiveAck DuplicateSack DuplicateAck
        B ACK seq 5000 ack 1100 sack 1400-1500 sack 1200-1300 | SelectiveAck DuplicateAck
        """);
}
