namespace TcpLens.Observation.Tests.Machine;

public sealed class HostSettingsTests
{
    private readonly HostSettings _settings = new(
    [
        new("net.ipv4.tcp_rmem", "4096\t131072\t33554432"),
        new("net.ipv4.tcp_fin_timeout", "60"),
        new("net.ipv4.tcp_congestion_control", "bbr"),
        new("net.ipv4.ip_local_port_range", "40000\t40009"),
        new("net.ipv4.ip_local_reserved_ports", "40001"),
    ]);

    [Fact]
    public void A_setting_is_text_one_number_or_one_of_several()
    {
        Assert.Equal("bbr", _settings["net.ipv4.tcp_congestion_control"]);
        Assert.Equal(60, _settings.Number("net.ipv4.tcp_fin_timeout"));
        Assert.Equal([4096, 131072, 33554432, null], Enumerable.Range(0, 4).Select(i => _settings.Number("net.ipv4.tcp_rmem", i)));
    }

    [Fact]
    public void What_this_kernel_does_not_have_is_null_and_not_a_default()
    {
        Assert.Null(_settings["net.ipv4.tcp_tw_reuse_delay"]);
        Assert.Null(_settings.Number("net.ipv4.tcp_tw_reuse_delay"));
        Assert.Null(_settings.Number("net.ipv4.tcp_congestion_control"));
        Assert.Null(_settings.Number("net.ipv4.tcp_tw_reuse_delay", 0));
    }

    [Fact]
    public void Ephemeral_ports_come_from_the_range_and_the_reservations()
        => Assert.Equal(9, _settings.EphemeralPorts()!.Usable);

    [Fact]
    public void Host_wide_settings_are_filled_in_from_the_host_and_others_are_not()
    {
        HostSettings host = new(
            [new("net.ipv4.tcp_max_orphans", "131072"), new("net.ipv4.tcp_fin_timeout", "9"), new("net.ipv4.tcp_sack", "1")]);

        HostSettings whole = _settings.WithHostWideFrom(host);

        Assert.Equal(131072, whole.Number("net.ipv4.tcp_max_orphans"));
        Assert.Equal(60, whole.Number("net.ipv4.tcp_fin_timeout"));
        Assert.Null(whole["net.ipv4.tcp_sack"]);
    }

    [Fact]
    public void No_setting_is_listed_twice()
        => Assert.Distinct(HostSettings.NamespaceKeys.Concat(HostSettings.HostWideKeys));
}
