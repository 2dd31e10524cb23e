namespace TcpLens.Capture.Tests;

/// <summary>Zeek's letters, written for traces whose letters can be told by hand.</summary>
public sealed class HistoryTests
{
    private const string Handshake =
        """
         0 A SYN     seq 99
        10 B SYN+ACK seq 499 ack 100
        20 A ACK     seq 100 ack 500

        """;

    [Theory]
    [InlineData("0 A SYN seq 99", "S", "S0")]
    [InlineData("0 A SYN seq 99\n5 B RST+ACK seq 0 ack 100", "Sr", "REJ")]
    [InlineData("0 A SYN seq 99\n5 A RST seq 100", "SR", "RSTOS0")]
    [InlineData("0 A SYN seq 99\n5 A FIN+ACK seq 100 ack 500", "SF", "SH")]
    [InlineData("0 B SYN+ACK seq 499 ack 100\n5 B FIN+ACK seq 500 ack 100", "^hf", "SHR")]
    [InlineData("0 B SYN+ACK seq 499 ack 100\n5 B RST seq 500", "^hr", "RSTRH")]
    [InlineData("0 A ACK seq 1000 ack 5000 len 5", "D", "OTH")]
    [InlineData("0 A SYN+FIN seq 99", "Q", "SH")]
    public void Lives_without_a_handshake_have_the_states_of_Zeek(string lines, string history, string state) => Says(StateTrace.Of(lines), history, state);

    [Theory]
    [InlineData("", "ShA", "S1")]
    [InlineData("30 A FIN+ACK seq 100 ack 500\n40 B ACK seq 500 ack 101", "ShAFa", "S2")]
    [InlineData("30 B FIN+ACK seq 500 ack 100\n40 A ACK seq 100 ack 501", "ShAf", "S3")]
    [InlineData("30 A FIN+ACK seq 100 ack 500\n40 B FIN+ACK seq 500 ack 101\n50 A ACK seq 101 ack 501", "ShAFf", "SF")]
    [InlineData("30 A RST seq 100", "ShAR", "RSTO")]
    [InlineData("30 B RST seq 500", "ShAr", "RSTR")]
    [InlineData("30 A FIN+ACK seq 100 ack 500\n40 B RST seq 500", "ShAFr", "RSTR")]
    [InlineData("30 B FIN+RST seq 500 ack 100", "ShAi", "RSTR")]
    public void Lives_with_a_handshake_have_the_states_of_Zeek(string lines, string history, string state)
        => Says(StateTrace.Of(Handshake + lines), history, state);

    [Theory]
    [InlineData("30 A ACK seq 100 ack 500 len 10\n40 A ACK seq 100 ack 500 len 10", "ShADT")]
    [InlineData("30 A ACK seq 110 ack 500 len 10\n40 B ACK seq 500 ack 120", "ShADaG")]
    [InlineData("30 A ACK seq 110 ack 500 len 10\n40 A ACK seq 100 ack 500 len 10\n50 B ACK seq 500 ack 120", "ShADTa")]
    [InlineData("30 B ACK seq 500 ack 100 win 0", "ShAaw")]
    [InlineData("30 A FIN+ACK seq 100 ack 500\n40 A FIN+ACK seq 100 ack 500\n50 A FIN+ACK seq 90 ack 500", "ShAFF")]
    [InlineData("30 A RST seq 100\n40 A RST seq 100\n50 A RST seq 101", "ShARR")]
    public void What_repeats_is_written_again_only_with_another_number(string lines, string history)
        => Assert.Equal(history, StateTrace.Of(Handshake + lines).Only.History);

    [Theory]
    [InlineData(9, "ShADT")]
    [InlineData(10, "ShADTT")]
    [InlineData(99, "ShADTT")]
    [InlineData(100, "ShADTTT")]
    public void Retransmissions_are_written_at_the_first_the_tenth_and_the_hundredth(int times, string history)
    {
        string again = string.Concat(Enumerable.Repeat("40 A ACK seq 100 ack 500 len 10\n", times));
        Assert.Equal(history, StateTrace.Of(Handshake + "30 A ACK seq 100 ack 500 len 10\n" + again).Only.History);
    }

    [Fact]
    public void A_segment_that_is_dropped_for_its_checksum_leaves_its_letter_and_nothing_else()
        => Says(StateTrace.Of("0 A SYN seq 99 sum bad\n10 A SYN seq 99", new() { DropsBadChecksums = true }), "CS", "S0");

    [Fact]
    public void A_history_too_long_to_keep_is_kept_as_far_as_it_fits()
    {
        string resets = string.Concat(Enumerable.Range(0, 100).Select(number => $"30 A RST seq {100 + (number * 10)}\n"));
        string history = StateTrace.Of(Handshake + resets).Only.History;
        Assert.Equal("ShA" + new string('R', HistoryLetters.Capacity - 3), history);
    }

    private static void Says(StateTrace trace, string history, string state)
    {
        Assert.Equal(history, trace.Only.History);
        Assert.Equal(state, trace.Only.ZeekState);
    }
}
