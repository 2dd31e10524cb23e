using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>Resets by share and by whose doing they are, in both directions.</summary>
public sealed class ResetStormTests
{
    [Theory]
    [InlineData(40, 100, null)]        // 8 a second
    [InlineData(60, 2000, null)]       // 3 %
    [InlineData(60, 1000, Severity.Notice)]
    [InlineData(300, 1000, Severity.Warning)]
    [InlineData(600, 1000, Severity.Critical)]
    public void Own_aborts_are_as_bad_as_their_share(int resets, int opens, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Moved("Tcp.OutRsts", resets).Moved("Tcp.EstabResets", resets).Moved("TcpExt.TCPAbortOnClose", resets).Moved("Tcp.PassiveOpens", opens)
            .Find("reset-storm-out")?.Severity);

    [Fact]
    public void Answers_to_strangers_may_be_a_mere_scan()
    {
        Finding storm = new ExaminationBuilder().Moved("Tcp.OutRsts", 5000).Moved("Tcp.EstabResets", 0).Find("reset-storm-out")!;

        Assert.Equal((Severity.Warning, Confidence.Likely), (storm.Severity, storm.Confidence));
    }

    [Fact]
    public void Without_a_second_sample_nothing_is_a_storm()
        => Assert.Null(new ExaminationBuilder().Lasting(0).Counter("Tcp.OutRsts", null, 1_000_000).Counter("Tcp.EstabResets", null, 1_000_000).Find("reset-storm-out"));

    [Theory]
    [InlineData(20, 0, 100, null)]     // too few
    [InlineData(50, 0, 10000, null)]   // 0.5 %
    [InlineData(50, 0, 1000, Severity.Notice)]
    [InlineData(200, 0, 1000, Severity.Warning)]
    [InlineData(200, 190, 1000, null)] // our own
    public void Resets_that_come_in_are_what_our_own_aborts_leave(int ended, int aborted, int opens, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Moved("Tcp.OutRsts", aborted).Moved("Tcp.EstabResets", ended).Moved("TcpExt.TCPAbortOnData", aborted).Moved("Tcp.PassiveOpens", opens)
            .Find("reset-storm-in")?.Severity);

    [Fact]
    public void Connections_that_vanish_after_equal_idle_times_point_at_a_box_between()
    {
        Finding storm = new ExaminationBuilder()
            .Moved("Tcp.OutRsts", 0).Moved("Tcp.EstabResets", 30)
            .Before([.. Enumerable.Range(0, 30).Select(static i =>
                Made.Socket(TcpState.Established, $"10.0.0.1:{40000 + i}", "10.9.9.9:5432", Made.Java) with { Vitals = new() { LastDataReceivedMilliseconds = 348_000 } })])
            .Find("reset-storm-in")!;

        Assert.Contains(storm.Evidence, static fact => fact.Text.Contains("close to an idle timeout of 350 s", StringComparison.Ordinal));
        Assert.Contains(storm.Culprits, static culprit => culprit is { Kind: CulpritKind.Remote, Name: "10.9.9.9" });
        Assert.Contains(storm.Culprits, static culprit => culprit is { Kind: CulpritKind.Process, Name: "java/77" });
    }
}
