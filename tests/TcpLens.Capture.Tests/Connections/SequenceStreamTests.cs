namespace TcpLens.Capture.Tests;

/// <summary>Where segments lie in the stream: gaps, old octets, keep-alives.</summary>
public sealed class SequenceStreamTests
{
    [Fact]
    public void A_connection_without_trouble_has_no_marks() => SequenceTrace.Of(
        """
        A SYN         seq 999 mss 1460
        B SYN+ACK     seq 4999 ack 1000 mss 1460
        A ACK         seq 1000 ack 5000
        A PSH+ACK     seq 1000 ack 5000 len 100
        B ACK         seq 5000 ack 1100
        B PSH+ACK     seq 5000 ack 1100 len 1460
        A ACK         seq 1100 ack 6460
        A FIN+ACK     seq 1100 ack 6460
        B FIN+ACK     seq 6460 ack 1101
        A ACK         seq 1101 ack 6461
        """);

    [Fact]
    public void Octets_beyond_the_highest_seen_leave_a_gap() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 100
        A ACK seq 1200 ack 5000 len 100 | GapBefore
        A ACK seq 1300 ack 5000 len 100
        """);

    [Fact]
    public void A_reset_with_a_higher_number_leaves_no_gap() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 100
        A RST seq 1200
        """);

    [Fact]
    public void Octets_below_the_highest_seen_are_old() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 100
        A ACK seq 1100 ack 5000 len 100
        A ACK seq 1000 ack 5000 len 100 | old
        A ACK seq 1150 ack 5000 len 500 | old
        A ACK seq 1650 ack 5000 len 100
        """);

    [Fact]
    public void A_SYN_a_SYN_ACK_and_a_FIN_that_come_again_are_old() => SequenceTrace.Of(
        """
        A SYN     seq 999
        A SYN     seq 999 | old
        B SYN+ACK seq 4999 ack 1000
        B SYN+ACK seq 4999 ack 1000 | old
        A ACK     seq 1000 ack 5000
        A FIN+ACK seq 1000 ack 5000
        A FIN+ACK seq 1000 ack 5000 | old
        """);

    [Fact]
    public void What_was_acknowledged_before_is_sent_again_for_nothing() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 100
        B ACK seq 5000 ack 1100
        A ACK seq 1000 ack 5000 len 100 | old Spurious
        """);

    [Fact]
    public void Octets_that_were_acknowledged_before_they_were_captured_count_as_useless_too() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 100
        B ACK seq 5000 ack 1200 | AckOfUnseen
        A ACK seq 1100 ack 5000 len 100 | old Spurious
        """);

    [Fact]
    public void A_segment_that_is_partly_acknowledged_is_not_useless() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 200
        B ACK seq 5000 ack 1100
        A ACK seq 1000 ack 5000 len 200 | old
        """);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void At_most_one_octet_just_below_the_next_is_a_keep_alive_and_its_answer_is_one_to_it(int length) => SequenceTrace.Of(
        $"""
        A ACK seq 1000 ack 5000 len 100
        B ACK seq 5000 ack 1100
        A ACK seq 1099 ack 5000 len {length} | KeepAlive
        B ACK seq 5000 ack 1100 | KeepAliveAck
        A ACK seq 1099 ack 5000 len {length} | KeepAlive
        B ACK seq 5000 ack 1100 | KeepAliveAck
        """);

    [Fact]
    public void More_octets_that_begin_with_the_last_one_sent_are_new() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 100
        A ACK seq 1099 ack 5000 len 100
        A ACK seq 1199 ack 5000 len 100
        """);

    [Fact]
    public void Numbers_that_pass_the_top_of_the_circle_are_in_order() => SequenceTrace.Of(
        """
        A ACK seq 4294967196 ack 4294967290 len 100
        A ACK seq 0 ack 4294967290 len 100
        B ACK seq 4294967290 ack 100 len 10
        A ACK seq 100 ack 4
        A ACK seq 4294967196 ack 4 len 100 | old Spurious
        A ACK seq 200 ack 4 len 100 | GapBefore
        A ACK seq 99 ack 4 len 201 | old
        """);

    [Fact]
    public void A_connection_that_begins_in_the_middle_begins_without_a_mark() => SequenceTrace.Of(
        """
        B ACK seq 3000000000 ack 7
        B ACK seq 3000000000 ack 7 len 10
        A ACK seq 7 ack 3000000010
        """);

    [Fact]
    public void A_SYN_that_comes_again_undoes_what_a_reset_claimed() => SequenceTrace.Of(
        """
        A SYN     seq 999
        B ACK     seq 777777 ack 555555 | ChallengeAck AckOfUnseen
        A RST     seq 555555
        A SYN     seq 999 | old
        B SYN+ACK seq 888888 ack 1000 | GapBefore
        A ACK     seq 1000 ack 888889 | AckOfUnseen
        """);
}
