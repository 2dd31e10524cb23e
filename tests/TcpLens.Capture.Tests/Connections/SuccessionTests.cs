using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>When a segment between known ports belongs to the next connection, and who opened one whose SYN is missing.</summary>
public sealed class SuccessionTests
{
    private const string Life =
        """
         0 A SYN     seq 99
        10 B SYN+ACK seq 499 ack 100
        20 A ACK     seq 100 ack 500
        30 A FIN+ACK seq 100 ack 500
        40 B FIN+ACK seq 500 ack 101
        50 A ACK     seq 101 ack 501

        """;

    [Fact]
    public void A_SYN_of_another_number_begins_the_next_connection()
    {
        StateTrace trace = StateTrace.Of(Life + "1050 A SYN seq 5000");
        Assert.Equal([ConnectionOutcome.Closed, ConnectionOutcome.Unanswered], trace.Connections.Select(record => record.Outcome));
        Assert.Equal(SegmentMarks.PortReuse, trace.Marks.Last() & (SegmentMarks.PortReuse | SegmentMarks.Reincarnation));
        Assert.Equal(TimeSpan.FromSeconds(1), trace.Connections[0].TimeWait);
    }

    [Fact]
    public void A_SYN_that_an_end_in_TIME_WAIT_accepts_is_a_reincarnation()
    {
        StateTrace trace = StateTrace.Of(
            """
             0 A SYN     seq 99
            10 B SYN+ACK seq 499 ack 100
            20 A ACK     seq 100 ack 500
            30 B FIN+ACK seq 500 ack 100
            40 A FIN+ACK seq 100 ack 501
            50 B ACK     seq 501 ack 101
            60 A SYN     seq 5000
            """);
        Assert.Equal(2, trace.Connections.Count);
        Assert.True((trace.Marks.Last() & SegmentMarks.Reincarnation) != SegmentMarks.None);
        Assert.Equal(TimeSpan.FromMilliseconds(10), trace.Connections[0].TimeWait);
    }

    [Theory]
    [InlineData("60 A SYN seq 99")]
    [InlineData("60 B SYN+ACK seq 499 ack 100")]
    [InlineData("60 A ACK seq 101 ack 501")]
    [InlineData("60 A RST seq 101")]
    public void What_has_the_numbers_of_the_present_connection_belongs_to_it(string line) => Assert.Single(StateTrace.Of(Life + line).Connections);

    [Fact]
    public void A_SYN_ACK_of_another_number_begins_nothing_while_its_connection_lives()
        => Assert.Single(StateTrace.Of("0 A SYN seq 99\n10 B SYN+ACK seq 499 ack 100\n20 B SYN+ACK seq 7000 ack 100").Connections);

    [Fact]
    public void A_SYN_ACK_of_another_number_after_the_end_begins_a_connection_whose_SYN_was_not_captured()
    {
        StateTrace trace = StateTrace.Of(Life + "60 B SYN+ACK seq 7000 ack 5001");
        Assert.Equal([ConnectionOutcome.Closed, ConnectionOutcome.HalfOpen], trace.Connections.Select(record => record.Outcome));
    }

    [Theory]
    [InlineData(300_000, 2)]
    [InlineData(299_000, 1)]
    public void Silence_ends_a_connection_only_where_that_is_asked_for(int milliseconds, int connections)
    {
        string lines = $"0 A ACK seq 1000 ack 5000 len 10\n{milliseconds} A ACK seq 1010 ack 5000 len 10";
        Assert.Equal(connections, StateTrace.Of(lines, new() { Idle = TimeSpan.FromMinutes(5) }).Connections.Count);
        Assert.Single(StateTrace.Of(lines).Connections);
    }

    [Fact]
    public void What_comes_long_after_the_end_belongs_to_no_connection_where_that_is_asked_for()
    {
        StateTrace trace = StateTrace.Of(Life + "10050 A RST seq 101", new() { Linger = TimeSpan.FromSeconds(5) });
        Assert.Equal([ConnectionOutcome.Closed, ConnectionOutcome.Stray], trace.Connections.Select(record => record.Outcome));
    }

    [Theory]
    [InlineData("0 A SYN seq 99", 40_000)]
    [InlineData("0 B SYN seq 99", 80)]
    [InlineData("0 B SYN+ACK seq 499 ack 100", 40_000)]
    [InlineData("0 A SYN+ACK seq 499 ack 100", 80)]
    [InlineData("0 A ACK seq 100 ack 500", 40_000)]
    [InlineData("0 B ACK seq 100 ack 500", 40_000)]
    public void The_originator_is_who_sent_the_SYN_or_else_the_end_with_the_less_known_port(string line, int port)
        => Assert.Equal(port, StateTrace.Of(line).Only.Originator.Port);
}
