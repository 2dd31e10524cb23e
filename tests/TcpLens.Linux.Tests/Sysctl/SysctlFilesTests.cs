using TcpLens.Linux.Tests.Tuning;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Sysctl;

/// <summary>Which line decides about a key at boot (sysctl.d(5)).</summary>
public sealed class SysctlFilesTests : IDisposable
{
    private readonly TuneFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Names_count_in_byte_order_whatever_the_folder_and_the_last_wins()
    {
        _folder.Write("/usr/lib/sysctl.d/99-late.conf", "net.ipv4.tcp_fin_timeout = 1\n");
        _folder.Write("/etc/sysctl.d/10-early.conf", "net.ipv4.tcp_fin_timeout = 2\n");
        _folder.Write("/run/sysctl.d/50-middle.conf", "net.ipv4.tcp_fin_timeout = 3\n");

        SysctlFileSurvey survey = Read();

        Assert.Equal(["2", "3", "1"], survey.Sources.Select(source => source.Value));
        Assert.Equal(new SettingSource("net.ipv4.tcp_fin_timeout", "1", "/usr/lib/sysctl.d/99-late.conf", 1, IsEffective: true), survey.Effective("net.ipv4.tcp_fin_timeout"));
        Assert.Equal([false, false, true], survey.Sources.Select(source => source.IsEffective));
    }

    [Fact]
    public void A_file_hides_those_of_its_name_in_folders_below_and_an_empty_one_hides_them_too()
    {
        _folder.Write("/etc/sysctl.d/50-a.conf", "net.ipv4.tcp_sack = 0\n");
        _folder.Write("/usr/lib/sysctl.d/50-a.conf", "net.ipv4.tcp_dsack = 0\n");
        _folder.Write("/run/sysctl.d/60-b.conf", "");
        _folder.Write("/usr/local/lib/sysctl.d/60-b.conf", "net.ipv4.tcp_frto = 0\n");

        Assert.Equal("net.ipv4.tcp_sack", Assert.Single(Read().Sources).Key);
    }

    [Fact]
    public void The_old_file_comes_last_and_where_a_link_gives_it_a_name_it_comes_there_once()
    {
        _folder.Write("/etc/sysctl.conf", "net.ipv4.tcp_sack = 1\n");
        _folder.Write("/etc/sysctl.d/zz.conf", "net.ipv4.tcp_sack = 2\n");
        Assert.Equal("/etc/sysctl.conf", Read().Effective("net.ipv4.tcp_sack")!.Path);

        File.CreateSymbolicLink(_folder.Root + "/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf");
        Assert.Equal(["/etc/sysctl.d/99-sysctl.conf", "/etc/sysctl.d/zz.conf"], Read().Sources.Select(source => source.Path));
    }

    [Theory]
    [InlineData("# net.ipv4.tcp_sack = 1", null, null)]
    [InlineData("; net.ipv4.tcp_sack = 1", null, null)]
    [InlineData("   ", null, null)]
    [InlineData("net.ipv4.tcp_sack", null, null)]
    [InlineData("= 1", null, null)]
    [InlineData("net.ipv4.tcp_sack=1", "net.ipv4.tcp_sack", "1")]
    [InlineData(" -net.ipv4.tcp_sack =\t1 ", "net.ipv4.tcp_sack", "1")]
    [InlineData("net/ipv4/conf/eth0.1/rp_filter = 2", "net.ipv4.conf.eth0/1.rp_filter", "2")]
    [InlineData("net.ipv4.tcp_rmem = 4096 131072 6291456", "net.ipv4.tcp_rmem", "4096 131072 6291456")]
    public void A_line_is_a_key_and_a_value(string line, string? key, string? value)
    {
        _folder.Write("/etc/sysctl.d/a.conf", "\n" + line + "\n");
        SettingSource? source = Read().Sources.SingleOrDefault();

        Assert.Equal((key, value), (source?.Key, source?.Value));
        Assert.Equal(source is null ? null : 2, source?.Line);
    }

    [Fact]
    public void Patterns_are_reported_and_not_followed()
    {
        _folder.Write("/etc/sysctl.d/a.conf", "net.ipv4.conf.*.rp_filter = 2\n");

        Assert.Empty(Read().Sources);
        Assert.Equal("net.ipv4.conf.*.rp_filter", Assert.Single(Read().Patterns).Key);
    }

    [Theory]
    [InlineData("/etc/sysctl.d/91-x.conf", true)]
    [InlineData("/etc/sysctl.d/89-x.conf", false)]
    [InlineData("/etc/sysctl.d/90-tcplens.conf", false)]
    [InlineData("/etc/sysctl.conf", true)]
    public void A_line_that_is_applied_after_ours_has_the_last_word(string path, bool isAfter)
    {
        _folder.Write(path, "net.ipv4.tcp_sack = 1\n");

        Assert.Equal(isAfter ? path : null, Read().AppliedAfter(TunePaths.DropInName, "net.ipv4.tcp_sack")?.Path);
    }

    private SysctlFileSurvey Read() => new SysctlFiles(_folder.Root).Read();
}
