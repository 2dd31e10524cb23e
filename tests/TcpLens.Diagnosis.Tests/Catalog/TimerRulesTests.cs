namespace TcpLens.Diagnosis.Tests;

/// <summary>Expected seconds are the kernel's own sums, several of them measured on Linux 6.18.</summary>
public sealed class TimerRulesTests
{
    [Theory]
    [InlineData(6, 4, 131)]
    [InlineData(5, 4, 67)]
    [InlineData(1, 4, 7)]
    [InlineData(6, 0, 127)]
    public void Connect_gives_up_after_the_linear_and_the_doubling_timeouts(int retries, int linear, int seconds)
        => Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            TimerRules.Connect(With(("tcp_syn_retries", retries), ("tcp_syn_linear_timeouts", linear))).Duration);

    [Fact]
    public void Before_linear_timeouts_existed_there_were_none()
        => Assert.Equal(TimeSpan.FromSeconds(127), TimerRules.Connect(With(("tcp_syn_retries", 6))).Duration);

    [Fact]
    public void A_machine_that_tells_nothing_is_taken_to_have_the_defaults_and_that_is_said()
    {
        TimerReading reading = TimerRules.Connect(_ => null);
        Assert.Equal(TimeSpan.FromSeconds(131), reading.Duration);
        Assert.All(reading.Settings, setting => Assert.True(setting.IsAssumed));
        Assert.StartsWith("1 + 1 + 1 + 1 + 1 + 2 + 4 + 8 + 16 + 32 + 64 s", reading.How);
    }

    [Theory]
    [InlineData(5, 63)]
    [InlineData(2, 7)]
    [InlineData(0, 1)]
    public void A_half_open_request_is_dropped_after_its_repeats(int retries, int seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), TimerRules.Handshake(With(("tcp_synack_retries", retries))).Duration);

    [Theory]
    [InlineData(3, 3.0)]
    [InlineData(5, 12.6)]
    [InlineData(8, 102.2)]
    [InlineData(9, 204.6)]
    [InlineData(10, 324.6)]
    [InlineData(15, 924.6)]
    public void Unacknowledged_data_ends_after_the_models_seconds(int retries, double seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), TimerRules.Retransmission(With(("tcp_retries2", retries))).Duration);

    [Fact]
    public void A_lower_longest_timeout_shortens_the_sum()
        => Assert.Equal(
            TimeSpan.FromSeconds(0.2 + 0.4 + 0.8 + 1 + 1 + 1),
            TimerRules.Retransmission(With(("tcp_retries2", 5), ("tcp_rto_max_ms", 1000))).Duration);

    [Theory]
    [InlineData(0, 102.2)]
    [InlineData(1, 0.6)]
    [InlineData(8, 102.2)]
    public void Zero_orphan_retries_mean_eight(int retries, double seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), TimerRules.Orphan(With(("tcp_orphan_retries", retries))).Duration);

    [Theory]
    [InlineData(10, 10)]
    [InlineData(60, 60)]
    [InlineData(61, 2)]
    [InlineData(65, 10)]
    [InlineData(90, 60)]
    [InlineData(120, 120)]
    [InlineData(180, 240)]
    public void An_orphan_in_FIN_WAIT_2_waits_twice_what_is_over_sixty(int setting, int seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), TimerRules.FinWait2Orphan(With(("tcp_fin_timeout", setting))).Duration);

    [Theory]
    [InlineData(7200, 75, 9, 7875)]
    [InlineData(3, 2, 4, 11)]
    public void Keepalive_notices_a_dead_peer_after_idle_and_probes(int idle, int interval, int probes, int seconds)
        => Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            TimerRules.KeepAlive(With(("tcp_keepalive_time", idle), ("tcp_keepalive_intvl", interval), ("tcp_keepalive_probes", probes))).Duration);

    [Fact]
    public void TIME_WAIT_is_sixty_seconds_whatever_is_set()
        => Assert.Equal(TimeSpan.FromSeconds(60), TimerRules.TimeWait(With(("tcp_fin_timeout", 5))).Duration);

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, 1.0)]
    [InlineData(2, 1.0)]
    public void A_port_in_TIME_WAIT_is_reused_only_when_the_setting_allows(int reuse, double? seconds)
        => Assert.Equal(
            seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), TimerRules.TimeWaitReuse(With(("tcp_tw_reuse", reuse))).Duration);

    [Fact]
    public void CLOSE_WAIT_and_a_held_FIN_WAIT_2_never_end()
    {
        Assert.Null(TimerRules.CloseWait(_ => null).Duration);
        Assert.Null(TimerRules.FinWait2Held(_ => null).Duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("six")]
    [InlineData("-3")]
    [InlineData("99999999999999999999")]
    [InlineData("9223372036854775807")]
    [InlineData("4096 131072 6291456")]
    public void A_setting_that_makes_no_sense_throws_nothing(string value)
        => Assert.All(StateCatalog.All.SelectMany(page => page.Timers), rule => Assert.NotEmpty(rule(_ => value).How));

    [Fact]
    public void A_setting_with_a_newline_is_read_as_its_number()
        => Assert.Equal(TimeSpan.FromSeconds(30), TimerRules.FinWait2Orphan(_ => "30\n").Duration);

    private static SettingLookup With(params (string Name, int Value)[] settings)
        => key => settings.Where(pair => "net.ipv4." + pair.Name == key).Select(pair => pair.Value.ToString()).FirstOrDefault();
}
