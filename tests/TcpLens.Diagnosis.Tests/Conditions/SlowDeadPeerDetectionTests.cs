namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class SlowDeadPeerDetectionTests
{
    private const string Id = "slow-dead-peer-detection";

    [Theory]
    [InlineData(3, null)]
    [InlineData(5, Severity.Notice)]   // 6.2 s
    [InlineData(9, Severity.Warning)]  // 102 s
    public void It_is_as_bad_as_the_silence_is_long(byte backoff, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder().Both(1, i => MadeVitals.Connection(i).Unanswered(backoff)).Find(Id)?.Severity);

    [Fact]
    public void Many_peers_of_one_process_are_critical()
        => Assert.Equal(Severity.Critical, new ExaminationBuilder().Both(12, static i => MadeVitals.Connection(i, $"10.0.{i}.1").Unanswered(9)).Find(Id)!.Severity);

    [Fact]
    public void A_timeout_while_watched_makes_it_a_warning()
        => Assert.Equal(Severity.Warning, new ExaminationBuilder().Moved("TcpExt.TCPAbortOnTimeout", 1).Both(1, i => MadeVitals.Connection(i).Unanswered(5)).Find(Id)!.Severity);

    [Fact]
    public void A_timeout_alone_says_that_detection_works()
        => Assert.Null(new ExaminationBuilder().Moved("TcpExt.TCPAbortOnTimeout", 5).Find(Id));

    [Theory]
    [InlineData("15", "15 min")]
    [InlineData("8", "102 s")]
    public void The_end_is_foretold_from_the_settings(string retries, string ends)
        => Assert.Contains(
            new ExaminationBuilder().Setting("net.ipv4.tcp_retries2", retries).Both(1, i => MadeVitals.Connection(i).Unanswered(5)).Find(Id)!.Evidence,
            fact => fact.Text.Contains($"gives up after at least {ends}", StringComparison.Ordinal));
}
