using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class CloseWaitLeakTests
{
    [Theory]
    [InlineData(4, null)]
    [InlineData(5, Severity.Notice)]
    [InlineData(50, Severity.Notice)]
    [InlineData(100, Severity.Warning)]
    [InlineData(1000, Severity.Critical)]
    public void It_is_as_bad_as_its_share_of_the_descriptors(int count, Severity? severity)
        => Assert.Equal(severity, Leaking(count, secondsAgo: 90).Find("close-wait-leak")?.Severity);

    [Fact]
    public void A_peer_that_closed_a_moment_ago_is_no_leak() => Assert.Null(Leaking(1000, secondsAgo: 3).Find("close-wait-leak"));

    private static ExaminationBuilder Leaking(int count, double secondsAgo) => new ExaminationBuilder()
        .Process(new ProcessFacts(Made.Java) { DescriptorLimit = 2000, Descriptors = count + 20 })
        .Both(count, i => Made.Socket(TcpState.CloseWait, $"10.0.0.1:{20000 + i}", "10.0.0.2:5432", Made.Java).Acked(secondsAgo));
}
