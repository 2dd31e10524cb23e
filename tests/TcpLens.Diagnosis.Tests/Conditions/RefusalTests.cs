namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>Refused connects, challenged segments, old timestamps: thresholds, and what is taken off first.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData(15, 100, 0, null)]      // too few
    [InlineData(40, 1000, 0, null)]     // 4 %
    [InlineData(100, 1000, 0, Severity.Notice)]
    [InlineData(600, 1000, 0, Severity.Warning)]
    [InlineData(600, 1000, 590, null)]  // timed out, and not refused
    public void Connects_are_refused_or_time_out(int failed, int opens, int timedOut, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Moved("Tcp.OutRsts", 0).Moved("Tcp.EstabResets", 0).Moved("Tcp.AttemptFails", failed).Moved("Tcp.ActiveOpens", opens).Moved("TcpExt.TCPAbortOnTimeout", timedOut)
            .Find("connection-refused")?.Severity);

    [Theory]
    [InlineData(0, 0, "by the peers")]
    [InlineData(600, 0, "by this machine itself")]
    [InlineData(0, 600, "by ICMP errors")]
    public void Who_refused_is_told_by_what_else_moved(int resetsSent, int errors, string expected)
        => Assert.Contains(expected, new ExaminationBuilder()
            .Moved("Tcp.OutRsts", resetsSent).Moved("Tcp.EstabResets", 0).Moved("Tcp.AttemptFails", 600).Moved("Tcp.ActiveOpens", 700).Moved("Icmp.InDestUnreachs", errors)
            .Find("connection-refused")!.Summary, StringComparison.Ordinal);

    [Theory]
    [InlineData(30, 0, 0, null)]
    [InlineData(30, 100, 0, Severity.Notice)]   // held back by the limit of each socket, and come all the same
    [InlineData(600, 0, 0, Severity.Warning)]
    [InlineData(100, 0, 50, Severity.Warning)]
    public void Challenges_weigh_by_rate_and_by_what_they_end(int sent, int heldBack, int resets, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Moved("TcpExt.TCPChallengeACK", sent).Moved("TcpExt.TCPACKSkippedChallenge", heldBack).Moved("Tcp.OutRsts", 0).Moved("Tcp.EstabResets", resets)
            .Find("challenge-acks")?.Severity);

    [Theory]
    [InlineData(15, 0, 1000, null)]         // a little reordering
    [InlineData(50, 0, 100_000, null)]      // 0.05 %
    [InlineData(200, 0, 100_000, Severity.Notice)]
    [InlineData(0, 4, 1000, null)]
    [InlineData(0, 5, 1_000_000, Severity.Warning)]
    public void Old_timestamps_are_worst_in_handshakes(int inConnections, int inTimeWait, int segments, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Moved("TcpExt.PAWSEstab", inConnections).Moved("TcpExt.PAWSTimewait", inTimeWait).Moved("Tcp.InSegs", segments)
            .Find("paws-drops")?.Severity);
}
