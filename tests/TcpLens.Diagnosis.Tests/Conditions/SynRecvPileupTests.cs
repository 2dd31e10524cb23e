using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class SynRecvPileupTests
{
    private const string Id = "syn-recv-pileup";

    [Theory]
    [InlineData(7, 7, null)] // full, and too few to speak of
    [InlineData(63, 127, null)]
    [InlineData(64, 127, Severity.Notice)]
    [InlineData(116, 127, Severity.Warning)]
    public void It_is_judged_by_the_backlog(int count, uint backlog, Severity? severity)
        => Assert.Equal(severity, Listener(backlog).Both(count, i => HalfOpen(i, 2)).Find(Id)?.Severity);

    [Theory]
    [InlineData(0, 250, "come faster than their answers")]
    [InlineData(2, 250, "many sources")]
    [InlineData(2, 2, "few sources")]
    public void Repeats_and_sources_tell_the_kinds_apart(byte repeats, int sources, string words)
        => Assert.Contains(words, Listener(127).Now(100, i => Made.Socket(TcpState.SynReceived, "10.0.0.1:80", $"10.0.5.{i % sources}:{2000 + i}").Repeating(repeats)).Find(Id)!.Summary);

    [Fact]
    public void Clients_that_answered_and_wait_to_send_are_no_pile()
    {
        Finding finding = Listener(127).Both(100, i => HalfOpen(i, 0)).Find(Id)!; // five seconds old, and not repeated
        Assert.Equal(Severity.Info, finding.Severity);
        Assert.Contains("TCP_DEFER_ACCEPT", finding.Reason);
    }

    [Fact]
    public void Listeners_that_share_a_port_share_the_limit()
        => Assert.Equal(Severity.Notice, Listener(127).Both(Made.Socket(TcpState.Listen, "10.0.0.1:80", null, Made.Java, send: 127)).Both(130, i => HalfOpen(i, 2)).Find(Id)!.Severity);

    private static ExaminationBuilder Listener(uint backlog) => new ExaminationBuilder().Both(Made.Socket(TcpState.Listen, "10.0.0.1:80", null, Made.Nginx, send: backlog));

    private static SocketRecord HalfOpen(int i, byte repeats) => Made.Socket(TcpState.SynReceived, "10.0.0.1:80", $"10.0.5.{i % 200}:{2000 + i}").Repeating(repeats);
}
