using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>Marks that a header tells by itself.</summary>
public sealed class SequenceHeaderTests
{
    [Theory]
    [InlineData("SYN+FIN")]
    [InlineData("SYN+RST")]
    [InlineData("FIN+RST+ACK")]
    [InlineData("FIN+PSH")]
    [InlineData("none")]
    public void Bits_that_no_TCP_sends_together_are_illegal(string bits) => SequenceTrace.Of($"A {bits} seq 1 | IllegalBits");

    [Fact]
    public void A_Christmas_tree_is_urgent_too() => SequenceTrace.Of("A xmas seq 1 | IllegalBits Urgent");

    [Theory]
    [InlineData("SYN")]
    [InlineData("SYN+ECE+CWR")]
    [InlineData("RST")]
    [InlineData("PSH+ACK")]
    [InlineData("FIN+ACK")]
    public void Bits_that_some_TCP_sends_have_no_mark(string bits) => SequenceTrace.Of($"A {bits} seq 1");

    [Fact]
    public void ECN_is_marked_outside_the_handshake() => SequenceTrace.Of(
        """
        A SYN+ECE+CWR seq 999
        B SYN+ACK+ECE seq 4999 ack 1000
        A ACK         seq 1000 ack 5000 len 100 ce | CongestionExperienced
        B ACK+ECE     seq 5000 ack 1100            | CongestionEcho
        A ACK+CWR     seq 1100 ack 5000 len 100    | CongestionWindowReduced
        """);

    [Fact]
    public void Where_both_count_marks_exactly_ECE_and_CWR_are_digits() => SequenceTrace.Of(
        """
        A SYN+AE+CWR+ECE seq 999
        B SYN+ACK+CWR    seq 4999 ack 1000
        A ACK+ECE        seq 1000 ack 5000
        B ACK+ECE+CWR    seq 5000 ack 1000 len 10
        """);

    [Fact]
    public void An_offer_of_exact_counting_that_was_not_taken_changes_nothing() => SequenceTrace.Of(
        """
        A SYN+AE+CWR+ECE seq 999
        B SYN+ACK+ECE    seq 4999 ack 1000
        A ACK+ECE        seq 1000 ack 5000 | CongestionEcho
        """);

    [Fact]
    public void More_octets_than_the_other_end_takes_were_never_one_packet() => SequenceTrace.Of(
        """
        A SYN     seq 999 mss 1400
        B SYN+ACK seq 4999 ack 1000 mss 9000
        A ACK     seq 1000 ack 5000 len 9000
        B ACK     seq 5000 ack 10000 len 1400
        B ACK     seq 6400 ack 10000 len 1401 | Oversized
        """);

    [Fact]
    public void Without_an_announcement_a_full_frame_of_Ethernet_is_the_measure() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 1460
        A ACK seq 2460 ack 5000 len 1461 | Oversized
        """);

    [Fact]
    public void What_stands_in_the_header_is_marked() => SequenceTrace.Of(
        """
        A SYN     seq 999 len 10                  | DataOnSyn
        A URG+ACK seq 1010 ack 5000 len 1         | Urgent
        A ACK     seq 1011 ack 5000 len 1 cut     | Truncated
        A ACK     seq 1012 ack 5001 sum bad       | BadChecksum
        A ACK     seq 1012 ack 5002 sum offloaded | OffloadedChecksum
        """);

    [Fact]
    public void Wrong_checksums_that_are_acknowledged_were_left_to_the_interface() => SequenceTrace.Of(
        """
        A SYN     seq 999 sum bad  | BadChecksum
        B SYN+ACK seq 4999 ack 1000 sum good
        A ACK     seq 1000 ack 5000 sum bad | OffloadedChecksum
        """);

    [Fact]
    public void An_end_with_more_wrong_checksums_than_right_ones_leaves_them_to_its_interface()
    {
        SequenceTrace trace = SequenceTrace.Of(
            """
            A ACK seq 1 ack 1 len 10 sum bad  | BadChecksum
            A ACK seq 11 ack 1 len 10 sum good
            A ACK seq 21 ack 1 len 10 sum bad | BadChecksum
            A ACK seq 31 ack 1 len 10 sum bad | OffloadedChecksum
            """);
        var account = new EndAccount
        {
            Marks = new Dictionary<SegmentMarks, long> { [SegmentMarks.BadChecksum] = 2, [SegmentMarks.OffloadedChecksum] = 1 },
        };
        SequenceAccounts.SettleChecksums(in trace.A, account);
        Assert.Equal((0, 3), (account.CountOf(SegmentMarks.BadChecksum), account.CountOf(SegmentMarks.OffloadedChecksum)));
    }

    [Fact]
    public void A_few_wrong_checksums_among_many_right_ones_are_damage() => SequenceTrace.Of(
        """
        A ACK seq 1 ack 1 len 10 sum good
        A ACK seq 11 ack 1 len 10 sum good
        A ACK seq 21 ack 1 len 10 sum good
        A ACK seq 31 ack 1 len 10 sum bad | BadChecksum
        A ACK seq 41 ack 1 len 10 sum bad | BadChecksum
        A ACK seq 51 ack 1 len 10 sum bad | BadChecksum
        """);
}
