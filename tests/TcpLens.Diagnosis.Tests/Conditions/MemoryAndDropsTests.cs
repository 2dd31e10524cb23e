using TcpLens.Observation;

namespace TcpLens.Diagnosis.Tests.Conditions;

/// <summary>Memory of the whole host, which no test may make short, and what happens below TCP.</summary>
public sealed class MemoryAndDropsTests
{
    /// <summary>tcp_mem is 190000 254000 380000.</summary>
    [Theory]
    [InlineData(180_000, 0, 0, null)]
    [InlineData(200_000, 0, 0, Severity.Notice)]
    [InlineData(260_000, 0, 0, Severity.Warning)]
    [InlineData(180_000, 1, 0, Severity.Warning)]    // in pressure meanwhile
    [InlineData(180_000, 0, 9, null)]                // orphans end for being too many, too
    [InlineData(260_000, 0, 9, Severity.Critical)]
    [InlineData(350_000, 0, 0, Severity.Critical)]
    public void Memory_of_the_host_is_held_against_tcp_mem(int pages, int pressed, int ended, Severity? expected)
        => Assert.Equal(expected, Pressed(pages, pressed, ended).Find("tcp-memory-pressure")?.Severity);

    [Fact]
    public void The_remedy_prints_the_old_limits()
    {
        Remedy remedy = Assert.Single(Pressed(260_000, 0, 0).Find("tcp-memory-pressure")!.Remedies, static remedy => remedy.Kind == RemedyKind.Setting);

        Assert.Equal(new SettingChange("net.ipv4.tcp_mem", "380000 508000 760000"), Assert.Single(remedy.Settings));
        Assert.Equal("net.ipv4.tcp_mem = 190000 254000 380000", remedy.Undo);
    }

    [Fact]
    public void Pressure_without_limits_to_compare_is_said()
        => Assert.NotEmpty(new ExaminationBuilder().Setting("net.ipv4.tcp_mem", null).Moved("TcpExt.TCPMemoryPressures", 3).Examine("tcp-memory-pressure").Unchecked);

    [Theory]
    [InlineData(300, 0, 0, null)]
    [InlineData(600, 0, 0, Severity.Notice)]
    [InlineData(600, 50, 0, Severity.Warning)]
    [InlineData(300, 50, 50, null)]                  // refused by buffers of a fixed size, not by the cgroup
    public void A_container_is_held_against_its_own_limit(int kibibytes, int refused, int pruned, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Cgroup(new CgroupMemory("/docker/1", 1024 * 1024, kibibytes * 1024))
            .Moved("TcpExt.TCPRcvQDrop", refused).Moved("TcpExt.RcvPruned", pruned).Moved("TcpExt.TCPMemoryPressures", 0)
            .Find("tcp-memory-pressure")?.Severity);

    [Theory]
    [InlineData(4, 0, null)]
    [InlineData(5, 0, Severity.Notice)]
    [InlineData(5, 1, Severity.Warning)]
    public void Squeezing_is_a_notice_and_throwing_away_a_warning(int pruned, int thrownAway, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder().Moved("TcpExt.PruneCalled", pruned).Moved("TcpExt.OfoPruned", thrownAway).Find("rcvbuf-pruning")?.Severity);

    [Theory]
    [InlineData(0, null)]
    [InlineData(5, Severity.Notice)]
    [InlineData(60, Severity.Warning)]
    public void A_backlog_that_overflows_is_noticed_at_once(int dropped, Severity? expected)
        => Assert.Equal(expected, new ExaminationBuilder().Moved("TcpExt.TCPBacklogDrop", dropped).Find("backlog-drop")?.Severity);

    [Theory]
    [InlineData("TcpExt.TCPRetransFail", 4, null)]
    [InlineData("TcpExt.TCPRetransFail", 5, null)]          // of 100
    [InlineData("TcpExt.TCPRetransFail", 20, "local-drop@output")]
    [InlineData("Ip.OutDiscards", 30, null)]                // 6 a second
    [InlineData("Ip.OutDiscards", 100, "local-drop@Ip.OutDiscards")]
    [InlineData("TcpExt.IPReversePathFilter", 100, "local-drop@TcpExt.IPReversePathFilter")]
    [InlineData("softnet.dropped", 100, "local-drop@softnet.dropped")]
    [InlineData("device eth0.rx_dropped", 10, null)]        // a protocol that nobody wants
    [InlineData("device eth0.tx_dropped", 100, "local-drop@eth0.tx")]
    public void Each_place_where_packets_die_has_a_name(string counter, int moved, string? expected)
        => Assert.Equal(expected, new ExaminationBuilder()
            .Moved("Tcp.RetransSegs", 100).Moved(counter, moved).Interface(new InterfaceFacts(2, "eth0", 1500))
            .Find("local-drop")?.Id);

    private static ExaminationBuilder Pressed(int pages, int pressed, int ended) => new ExaminationBuilder()
        .Stat(new SocketStat(10, 0, 0, 10, pages, 0))
        .Moved("TcpExt.TCPMemoryPressures", pressed).Moved("TcpExt.TCPAbortOnMemory", ended);
}
