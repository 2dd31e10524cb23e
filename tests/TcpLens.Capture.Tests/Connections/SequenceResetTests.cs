namespace TcpLens.Capture.Tests;

/// <summary>RFC 9293 §3.10.7 and RFC 5961: which RSTs are to be obeyed, and how the others are answered.</summary>
public sealed class SequenceResetTests
{
    private const string Established =
        """
        A SYN     seq 999
        B SYN+ACK seq 4999 ack 1000
        A ACK     seq 1000 ack 5000
        B ACK     seq 5000 ack 1000 len 300

        """;

    [Theory]
    [InlineData(5000)]
    [InlineData(5300)]
    public void A_reset_between_what_was_acknowledged_and_what_was_sent_may_be_exact(uint sequence)
        => SequenceTrace.Of(Established + $"B RST seq {sequence}");

    [Theory]
    [InlineData(0u)]
    [InlineData(4998u)]
    [InlineData(5301u)]
    [InlineData(2000000000u)]
    public void A_reset_anywhere_else_is_invalid_and_the_ACK_that_answers_it_is_a_challenge(uint sequence) => SequenceTrace.Of(Established +
        $"""
        B RST seq {sequence} | InvalidReset
        A ACK seq 1000 ack 5000 win 900 | WindowUpdate ChallengeAck
        """);

    [Fact]
    public void An_ACK_that_tells_something_new_is_no_challenge() => SequenceTrace.Of(Established +
        """
        B RST seq 0 | InvalidReset
        A ACK seq 1000 ack 5300
        """);

    [Fact]
    public void A_SYN_is_refused_by_the_acknowledgment_of_the_SYN() => SequenceTrace.Of(
        """
        A SYN     seq 999
        B RST+ACK seq 0 ack 1000
        """);

    [Theory]
    [InlineData("B RST seq 0")]
    [InlineData("B RST+ACK seq 0 ack 999")]
    [InlineData("B RST+ACK seq 0 ack 1001")]
    public void Nothing_else_refuses_it(string reset)
    {
        string unseen = reset.EndsWith("1001", StringComparison.Ordinal) ? " AckOfUnseen" : "";
        SequenceTrace.Of($"A SYN seq 999\n{reset} | InvalidReset{unseen}");
    }

    [Fact]
    public void A_reset_says_nothing_of_itself_where_the_other_end_was_never_heard() => SequenceTrace.Of(
        """
        A ACK seq 1000 ack 5000 len 10
        A RST seq 77
        """);

    [Fact]
    public void An_ACK_that_answers_a_SYN_with_numbers_of_another_life_is_a_challenge() => SequenceTrace.Of(
        """
        A SYN seq 999
        B ACK seq 777 ack 555 | ChallengeAck
        A RST seq 555
        """);

    [Fact]
    public void A_SYN_in_the_midst_of_a_connection_is_challenged() => SequenceTrace.Of(Established +
        """
        B SYN seq 9000 | GapBefore
        A ACK seq 1000 ack 5000 | DuplicateAck ChallengeAck
        """);
}
