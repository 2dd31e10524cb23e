namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>The four conditions about what is sent twice, and which of them the counters of five seconds mean.</summary>
public sealed class LossTests
{
    [Theory]
    [InlineData(999, 100, null)]                // too little to judge
    [InlineData(100_000, 400, null)]            // 0.4 %
    [InlineData(100_000, 600, Severity.Notice)]
    [InlineData(100_000, 2100, Severity.Warning)]
    [InlineData(100_000, 11_000, Severity.Critical)]
    [InlineData(1000, 19, null)]                // 1.9 %, and nineteen accidents
    public void Loss_is_a_share_of_what_was_sent(long sent, long again, Severity? severity)
        => Assert.Equal(severity, Sender(sent, again, fast: again).Find("retransmission-rate")?.Severity);

    [Fact]
    public void Handshakes_sent_again_are_no_lost_data()
        => Assert.Null(Sender(10_000, 500).Moved("TcpExt.TCPSynRetrans", 500).Find("retransmission-rate"));

    [Fact]
    public void Within_a_millisecond_nothing_should_be_lost()
    {
        Observation.SocketRecord nearby = MadeVitals.Connection().With(static vitals => vitals with { MinRttMicroseconds = 200, TotalRetransmittedSegments = 10 });
        ExaminationBuilder machine = Sender(10_000, 30).Before(nearby).Now(nearby.With(static vitals => vitals with { TotalRetransmittedSegments = 40 }));
        Assert.Equal(Severity.Notice, machine.Find("retransmission-rate")!.Severity);
        Assert.Null(Sender(10_000, 30).Find("retransmission-rate"));
    }

    [Fact]
    public void One_sample_convicts_nobody()
        => Assert.Equal("", Sender(100_000, 50_000).Moved("Tcp.InCsumErrors", 100).Lasting(0).Conditions());

    [Theory]
    [InlineData(19, 19, null)]
    [InlineData(20, 300, null)]
    [InlineData(40, 300, Severity.Notice)]
    [InlineData(200, 300, Severity.Warning)]
    public void Timeouts_are_a_share_of_the_retransmissions(long timeouts, long again, Severity? severity)
        => Assert.Equal(severity, Sender(900, again).Moved("TcpExt.TCPTimeouts", timeouts).Find("rto-and-tail-loss")?.Severity);

    [Fact]
    public void Timeouts_of_connections_that_get_no_answer_are_theirs()
    {
        Observation.SocketRecord[] now = [.. Enumerable.Range(0, 10).Select(static i => MadeVitals.Connection(i).Unanswered(9))];
        ExaminationBuilder machine = Sender(900, 50).Moved("TcpExt.TCPTimeouts", 50)
            .Before([.. now.Select(static socket => socket.With(static vitals => vitals with { TotalRetransmittedSegments = 4 }))]).Now(now);   // Five each.
        Assert.Null(machine.Find("rto-and-tail-loss"));
    }

    [Theory]
    [InlineData(9, 20, null)]
    [InlineData(10, 60, null)]
    [InlineData(20, 60, Severity.Notice)]
    [InlineData(50, 60, Severity.Warning)]
    public void What_was_taken_back_is_a_share_of_the_recoveries(long undone, long recoveries, Severity? severity)
        => Assert.Equal(severity, Sender(10_000, 60).Moved("TcpExt.TCPLossUndo", undone).Moved("TcpExt.TCPSackRecovery", recoveries).Moved("TcpExt.TCPDSACKRecv", 40).Find("spurious-retransmission")?.Severity);

    [Theory]
    [InlineData(40, null)]
    [InlineData(60, Severity.Notice)]
    public void Reordering_is_a_share_of_what_was_sent(long reordered, Severity? severity)
        => Assert.Equal(severity, Sender(10_000, 60).Moved("TcpExt.TCPSACKReorder", reordered).Find("reordering-duplication")?.Severity);

    [Fact]
    public void Reordering_that_costs_is_a_warning_and_is_not_said_thrice()
    {
        ExaminationBuilder machine = Sender(10_000, 300).Moved("TcpExt.TCPTSReorder", 100).Moved("TcpExt.TCPPartialUndo", 80).Moved("TcpExt.TCPSackRecovery", 80).Moved("TcpExt.TCPDSACKRecv", 290);
        Assert.Equal("reordering-duplication", machine.Conditions());
        Assert.Equal(Severity.Warning, machine.Find("reordering-duplication")!.Severity);
    }

    [Fact]
    public void Recoveries_that_no_timeout_began_and_that_were_taken_back_are_reordering_too()
    {
        ExaminationBuilder machine = Sender(60_000, 380).Moved("TcpExt.TCPSACKReorder", 40).Moved("TcpExt.TCPFullUndo", 322).Moved("TcpExt.TCPSackRecovery", 369).Moved("TcpExt.TCPDSACKRecv", 370);
        Assert.Equal("reordering-duplication", machine.Conditions());
        Assert.StartsWith("segments are overtaken on the way: 369 recoveries began", machine.Find("reordering-duplication")!.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]   // Kernels before 5.10 do not have the counter.
    public void What_the_network_doubles_was_not_sent_again(bool isCounted)
    {
        ExaminationBuilder machine = Sender(10_000, 10).Moved("TcpExt.TCPDSACKRecv", 500);
        Assert.Equal("reordering-duplication", (isCounted ? machine.Moved("TcpExt.TCPDSACKIgnoredDubious", 480) : machine).Conditions());
    }

    [Theory]
    [InlineData(1, 1_000_000, Severity.Notice)]
    [InlineData(3, 1_000_000, Severity.Warning)]   // 36 a minute
    public void One_damaged_segment_is_a_notice_and_several_a_warning(long damaged, long arrived, Severity severity)
        => Assert.Equal(severity, new ExaminationBuilder().Moved("Tcp.InCsumErrors", damaged).Moved("Tcp.InSegs", arrived).Find("checksum-errors")!.Severity);

    [Fact]
    public void Errors_before_the_first_sample_are_history()
        => Assert.Null(new ExaminationBuilder().Counter("Tcp.InCsumErrors", 100_000, 100_000).Find("checksum-errors"));

    private static ExaminationBuilder Sender(long sent, long again, long fast = 0)
        => new ExaminationBuilder().Moved("TcpExt.TCPOrigDataSent", sent).Moved("Tcp.RetransSegs", again).Moved("TcpExt.TCPFastRetrans", fast);
}
