using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

public sealed class OrphanPileupTests
{
    private const string Id = "orphan-pileup";

    [Theory]
    [InlineData(1000, 131072, null)]
    [InlineData(1001, 131072, Severity.Notice)]
    [InlineData(60, 1000, Severity.Notice)]
    [InlineData(251, 1000, Severity.Warning)]
    public void It_is_judged_by_the_limit_of_orphans(int count, int limit, Severity? severity)
        => Assert.Equal(severity, new ExaminationBuilder().Setting("net.ipv4.tcp_max_orphans", $"{limit}").Both(count, Stuck).Find(Id)?.Severity);

    [Fact]
    public void A_few_that_hold_much_memory_are_a_warning()
    {
        Finding finding = new ExaminationBuilder().Both(40, static i => Probing(i, 4 << 20)).Setting("net.ipv4.tcp_mem", "100\t200\t400000").Find(Id)!;
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("alive and do not read", finding.Summary);
        Assert.Null(new ExaminationBuilder().Both(40, static i => Probing(i, 64 << 10)).Find(Id));
    }

    [Fact]
    public void Connections_that_close_as_they_should_are_left_alone()
        => Assert.Null(new ExaminationBuilder().Both(5000, static i => Made.Socket(TcpState.FinWait1, $"10.0.0.1:{10000 + i}", "10.0.0.2:80").Repeating(1)).Find(Id));

    [Fact]
    public void A_container_that_does_not_see_the_hosts_limits_is_judged_by_number()
        => Assert.Equal(Severity.Notice, new ExaminationBuilder().Setting("net.ipv4.tcp_max_orphans", null).Setting("net.ipv4.tcp_mem", null).Both(1001, Stuck).Find(Id)!.Severity);

    private static SocketRecord Stuck(int i) => Made.Socket(TcpState.LastAck, $"10.0.0.1:{10000 + i}", "10.0.0.2:80").Repeating(3);

    private static SocketRecord Probing(int i, uint octets)
        => Made.Socket(TcpState.FinWait1, $"10.0.0.1:{10000 + i}", "10.0.0.2:80").Repeating(0, SocketTimer.ZeroWindowProbe) with { Memory = new SocketMemory { SendQueued = octets } };
}
