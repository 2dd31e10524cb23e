using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class DeadFdLeakTests
{
    private const string Id = "dead-fd-leak";

    [Theory]
    [InlineData(50, 0, null)]
    [InlineData(51, 0, Severity.Warning)]
    [InlineData(51, 205, null)] // below a fifth of the process's connections
    [InlineData(512, 100, Severity.Critical)]
    public void It_is_judged_by_its_share_of_the_process(int closed, int live, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder()
            .Process(new ProcessFacts(Made.Java) { ClosedSockets = closed, ClosedSocketsBefore = closed - 5, DescriptorLimit = 1024, Descriptors = closed + live })
            .Both(live, i => Made.Socket(TcpState.Established, $"10.0.0.1:{20000 + i}", "10.0.0.2:80", Made.Java))
            .Find(Id)?.Severity);

    [Theory]
    [InlineData(1010, 10, 0, false)]
    [InlineData(1511, 10, 500, true)]
    public void Where_processes_may_not_be_seen_the_host_is_only_suspected(int allocated, int v4, int v6, bool isFound)
    {
        DoctorReport report = new ExaminationBuilder().Process(new ProcessFacts(Made.Java)).Stat(new SocketStat(v4, 0, 0, allocated, 0, v6)).Examine(Id);
        Assert.Equal(isFound, report.Findings is [{ Severity: Severity.Notice, Confidence: Confidence.Maybe }]);
        Assert.Equal(isFound, report.Unchecked.Count == 1);
    }

    [Fact]
    public void The_sum_of_the_host_is_not_held_against_processes_that_are_known()
        => Assert.Null(new ExaminationBuilder().Process(new ProcessFacts(Made.Java) { ClosedSockets = 0 }).Stat(new SocketStat(10, 0, 0, 5000, 0, 0)).Find(Id));
}
