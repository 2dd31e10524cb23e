using TcpLens.Linux.Tests.Namespaces;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Sysctl;

public sealed class SysctlReaderTests
{
    private readonly SysctlReader _reader = new();

    [Theory]
    [InlineData("net.ipv4.tcp_rmem", "/proc/sys/net/ipv4/tcp_rmem")]
    [InlineData("net.ipv4.conf.eth0/1.rp_filter", "/proc/sys/net/ipv4/conf/eth0.1/rp_filter")]
    [InlineData("fs.file-max", "/proc/sys/fs/file-max")]
    public void A_key_is_a_path_and_a_slash_in_it_is_a_dot(string key, string path) => Assert.Equal(path, _reader.PathOf(key));

    [Theory]
    [InlineData("")]
    [InlineData("net..ipv4")]
    [InlineData(".net")]
    [InlineData("net.")]
    [InlineData("net.//.//.kcore")]
    [InlineData("net./.x")]
    [InlineData("net\0.x")]
    public void What_would_leave_the_folder_is_no_key(string key)
    {
        Assert.Null(_reader.PathOf(key));
        Assert.Null(_reader.Read(key));
        Assert.False(_reader.Exists(key));
    }

    [Fact]
    public void Existence_is_asked_of_the_kernel()
    {
        Assert.True(_reader.Exists("net.ipv4.tcp_syn_retries"));
        Assert.InRange(_reader.ReadNumber("net.ipv4.tcp_syn_retries")!.Value, 1, 127);
        Assert.False(_reader.Exists("net.ipv4.tcp_tw_recycle"));
        Assert.Null(_reader.Read("net.ipv4.tcp_tw_recycle"));
        Assert.Null(_reader.ReadNumber("net.ipv4.tcp_rmem"));
    }

    [Fact]
    public void Settings_of_this_machine_have_what_every_kernel_has_and_facts_of_the_machine()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;

        HostSettings settings = new SettingsReader().Read(now);

        Assert.All(
            (string[])["net.core.somaxconn", "net.ipv4.tcp_rmem", "net.ipv4.tcp_fin_timeout", "fs.file-max"],
            key => Assert.NotNull(settings[key]));
        Assert.Equal(Environment.OSVersion.Version.Major, int.Parse(settings.KernelRelease!.Split('.')[0]));
        Assert.InRange(settings.BootTime!.Value, now.AddYears(-20), now);
        Assert.True(settings.MemoryBytes > 1 << 20);
        Assert.True(settings.EphemeralPorts()!.Usable > 0);
    }

    [RootFact]
    public void A_namespace_does_not_show_all_host_wide_settings_and_the_host_fills_them_in()
    {
        using NamedNamespace blue = new();
        Assert.True(new NamespaceFinder().FindAll().TrySelect(blue.Name, out IReadOnlyList<NetworkNamespace> place, out _));
        HostSettings inside = NamespaceScope.Run(place[0], () => new SettingsReader().Read(default));
        HostSettings host = new([new("net.ipv4.tcp_mem", "1\t2\t3")]);

        Assert.Null(inside["net.ipv4.tcp_mem"]);
        Assert.Equal(3, inside.WithHostWideFrom(host).Number("net.ipv4.tcp_mem", 2));
        Assert.All(HostSettings.NamespaceKeys, key => Assert.Equal(_reader.Exists(key), inside[key] is not null));
    }

    [Fact]
    public void A_proc_of_any_place_is_read_and_nonsense_in_it_is_null()
    {
        using ProcFolder proc = new();
        proc.Write("sys/net/ipv4/tcp_mem", "1\t2\t3\n");
        proc.Write("sys/net/ipv4/tcp_sack", new string('1', 5000));
        proc.Write("uptime", "not a number\n");
        proc.Write("meminfo", "MemTotal:\n");

        HostSettings settings = new SettingsReader(proc.Root).Read(DateTimeOffset.UnixEpoch);

        Assert.Equal("1\t2\t3", Assert.Single(settings.Values).Value);
        Assert.Null(settings.BootTime);
        Assert.Null(settings.MemoryBytes);
        Assert.Null(settings.KernelRelease);
    }
}
