using TcpLens.Observation;

namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>From recorded observations: the limits are the host's, and lowering them would harm every other program on it.</summary>
public sealed class OrphanLimitTests
{
    private const string Id = "orphan-limit";

    [Theory]
    [InlineData(500, 1000, Severity.Warning, Confidence.Likely)]
    [InlineData(120_000, 1000, Severity.Critical, Confidence.Sure)]
    [InlineData(500, 400_000, Severity.Critical, Confidence.Sure)]
    public void Resets_for_lack_of_room_name_the_limit(int orphans, int pages, Severity severity, Confidence confidence)
    {
        Finding finding = Machine(orphans, pages).Moved("TcpExt.TCPAbortOnMemory", 12).Find(Id)!;
        Assert.Equal((severity, confidence), (finding.Severity, finding.Confidence));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(120_000)]
    public void Orphans_alone_are_no_reset(int orphans) => Assert.Null(Machine(orphans, 1000).Counter("TcpExt.TCPAbortOnMemory", 9, 9).Find(Id));

    [Fact]
    public void The_limit_is_raised_when_orphans_are_the_reason_and_not_when_memory_is()
    {
        Assert.Contains(Machine(120_000, 1000).Moved("TcpExt.TCPAbortOnMemory", 12).Find(Id)!.Remedies, static remedy => remedy.Settings is [{ Value: "262144" }]);
        Assert.DoesNotContain(Machine(500, 400_000).Moved("TcpExt.TCPAbortOnMemory", 12).Find(Id)!.Remedies, static remedy => remedy.Settings.Count > 0);
    }

    private static ExaminationBuilder Machine(int orphans, int pages) => new ExaminationBuilder().Stat(new SocketStat(100, 0, orphans, 100, pages, 0));
}
