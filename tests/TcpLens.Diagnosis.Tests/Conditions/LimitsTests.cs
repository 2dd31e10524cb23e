using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>Limits of the host and of processes, which one test must not exhaust for all others.</summary>
public sealed class LimitsTests
{
    [Theory]
    [InlineData(700, 0, 0, 0, null)]
    [InlineData(760, 0, 0, 0, Severity.Notice)]
    [InlineData(910, 0, 0, 0, Severity.Warning)]
    [InlineData(1000, 0, 0, 0, Severity.Critical)]
    [InlineData(500, 1, 0, 0, Severity.Critical)]
    [InlineData(1000, 0, 300, 0, Severity.Critical)]
    [InlineData(500, 0, 0, 10, null)]        // pairs of name lookups race each other
    [InlineData(500, 0, 0, 100, Severity.Warning)]
    public void A_connection_table_is_as_full_as_its_limit_says(int entries, int dropped, int evicted, int clashed, Severity? expected)
        => Assert.Equal(expected, Tracking(entries, dropped, evicted, clashed).Setting("net.netfilter.nf_conntrack_max", "1000").Find("conntrack-full")?.Severity);

    [Fact]
    public void Timeouts_and_limits_of_the_table_go_back_to_what_they_were()
    {
        Finding full = Tracking(1000, 5, 0, 0)
            .Setting("net.netfilter.nf_conntrack_max", "1000").Setting("net.netfilter.nf_conntrack_buckets", "250")
            .Setting("net.netfilter.nf_conntrack_tcp_timeout_established", "432000")
            .Find("conntrack-full")!;

        Assert.Equal(
            ["net.netfilter.nf_conntrack_tcp_timeout_established = 432000", "net.netfilter.nf_conntrack_max = 1000, net.netfilter.nf_conntrack_buckets = 250"],
            full.Remedies.Where(static remedy => remedy.Kind == RemedyKind.Setting).Select(static remedy => remedy.Undo));
    }

    [Fact]
    public void A_limit_that_may_not_be_read_is_said()
        => Assert.NotEmpty(Tracking(1000, 0, 0, 0).Examine("conntrack-full").Unchecked);

    [Fact]
    public void A_machine_that_tracks_nothing_has_nothing_to_say()
        => Assert.Empty(new ExaminationBuilder().Examine("conntrack-full").Unchecked);

    [Theory]
    [InlineData(600, null)]
    [InlineData(720, Severity.Notice)]
    [InlineData(930, Severity.Warning)]
    [InlineData(1024, Severity.Critical)]
    public void A_process_is_held_against_its_own_limit(int open, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Process(new ProcessFacts(Made.Java) { Descriptors = open, DescriptorLimit = 1024, DescriptorHardLimit = 4096 })
            .Find("fd-exhaustion")?.Severity);

    [Theory]
    [InlineData(80_000, null)]
    [InlineData(95_000, Severity.Critical)]
    public void The_host_is_held_against_file_max(int open, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Counter("file-nr.allocated", 70_000, open).Setting("fs.file-max", "100000")
            .Find("fd-exhaustion")?.Severity);

    [Fact]
    public void What_leaks_is_told_by_state_and_growth()
    {
        Finding full = new ExaminationBuilder()
            .Process(new ProcessFacts(Made.Java) { Descriptors = 1000, DescriptorsBefore = 900, DescriptorLimit = 1024, ClosedSockets = 7 })
            .Now(300, static i => Made.Socket(TcpState.CloseWait, $"10.0.0.1:{20000 + i}", "10.0.0.2:80", Made.Java))
            .Find("fd-exhaustion")!;

        Assert.Contains(full.Evidence, static fact => fact.Text.Contains("300 CLOSE_WAIT, and 7 that are closed for good", StringComparison.Ordinal));
        Assert.Contains(full.Evidence, static fact => fact is { Value: 100, PerSecond: 20 });
    }

    [Fact]
    public void Descriptors_that_may_not_be_counted_are_said()
        => Assert.NotEmpty(new ExaminationBuilder().Process(new ProcessFacts(Made.Java)).Examine("fd-exhaustion").Unchecked);

    private static ExaminationBuilder Tracking(int entries, int dropped, int evicted, int clashed) => new ExaminationBuilder()
        .Counter("conntrack.entries", 0, entries)
        .Moved("conntrack.drop", dropped).Moved("conntrack.early_drop", evicted).Moved("conntrack.insert_failed", clashed);
}
