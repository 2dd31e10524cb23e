using System.Globalization;
using System.Text.RegularExpressions;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli.Tests.Explain;

/// <summary>What the catalogues claim of the kernel, asked of the kernel.</summary>
public sealed partial class CatalogOnThisKernelTests
{
    /// <summary>A new namespace does not begin with the kernel's default here, but with what its parent has.</summary>
    private static readonly HashSet<string> Inherited =
    [
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.tcp_congestion_control", "net.ipv4.tcp_fastopen",
        "net.ipv4.tcp_child_ehash_entries", "net.ipv6.conf.all.disable_ipv6",
    ];

    [RootFact]
    public void Every_setting_exists_here_or_is_marked_as_removed_newer_or_conditional()
    {
        using var ns = new TestNamespace();
        foreach (SysctlPage page in SysctlCatalog.All)
        {
            bool exists = page.Scope == SysctlScope.Host ? new SysctlReader().Exists(page.Key) : ns.Run(() => new SysctlReader().Exists(page.Key));
            Assert.False(exists && page.IsRemoved, $"{page.Key} is marked as removed, and here it is");
            Assert.True(exists || page.IsRemoved || page.OnlyWhere.Length > 0 || IsNewer(page.Since), $"{page.Key} is not here, and its page does not say why");
        }
    }

    [RootFact]
    public void A_new_namespace_begins_with_the_defaults_that_the_pages_name()
    {
        using var ns = new TestNamespace();
        HostSettings settings = ns.Run(() => new SettingsReader().Read(DateTimeOffset.UnixEpoch));
        foreach (SysctlPage page in SysctlCatalog.All.Where(page => page.Scope == SysctlScope.Namespace && !Inherited.Contains(page.Key)))
        {
            if (SysctlCatalog.IsDefault(page.Key, settings) is { } isDefault)
            {
                Assert.True(isDefault, $"{page.Key} begins with {settings[page.Key]}, not with {SysctlCatalog.DefaultOf(page.Key, settings)}");
            }
        }

        Assert.True(SysctlCatalog.All.Count(page => SysctlCatalog.IsDefault(page.Key, settings) == true) > 80, "hardly any default was compared");
    }

    [RootFact]
    public void A_new_namespace_has_no_setting_that_is_judged()
    {
        using var ns = new TestNamespace();
        HostSettings settings = ns.Run(() => new SettingsReader().Read(DateTimeOffset.UnixEpoch));
        Assert.All(SysctlCatalog.All.Where(page => page.Scope == SysctlScope.Namespace && !Inherited.Contains(page.Key)), page => Assert.Null(SysctlCatalog.Judge(page.Key, settings)));
    }

    /// <summary>Only pages whose range says "A to B" and whose setting this kernel lets a namespace write.</summary>
    [RootFact]
    public void The_kernel_takes_both_ends_of_a_range_and_nothing_beyond()
    {
        using var ns = new TestNamespace();
        int compared = 0;
        foreach (SysctlPage page in SysctlCatalog.All.Where(page => page is { Scope: SysctlScope.Namespace, IsReadOnly: false }))
        {
            string[] words = page.Range.Split(' ', ';');
            if (words is [var first, "to", var last, ..] && long.TryParse(first, out long low) && long.TryParse(last, out long high)
                && ns.Run(() => new SysctlReader().ReadNumber(page.Key)) is { } value)
            {
                Assert.True(Takes(ns, page.Key, low), $"{page.Key} does not take {low}");
                Assert.True(Takes(ns, page.Key, high), $"{page.Key} does not take {high}");
                Assert.False(Takes(ns, page.Key, low - 1), $"{page.Key} takes {low - 1}");
                Assert.False(Takes(ns, page.Key, high + 1), $"{page.Key} takes {high + 1}");
                ns.SetSysctl(page.Key, value.ToString(CultureInfo.InvariantCulture));
                compared++;
            }
        }

        Assert.True(compared > 20, $"only {compared} ranges were tried");
    }

    [RootFact]
    public void Every_counter_exists_here_or_is_marked_as_conditional()
    {
        using var ns = new TestNamespace();
        CounterSet counters = ns.Run(() => new CounterReader().Read());
        string? conntrack = File.Exists("/proc/net/stat/nf_conntrack") ? File.ReadLines("/proc/net/stat/nf_conntrack").First() : null;
        foreach (CounterPage page in CounterCatalog.All.Where(page => page.OnlyWhere.Length == 0 && !page.Name.StartsWith("softnet.", StringComparison.Ordinal)))
        {
            Assert.True(counters[page.Name] is not null, $"{page.Name} is not here, and its page does not say why");
        }

        Assert.All(
            CounterCatalog.All.Where(page => conntrack is not null && page.Name.StartsWith("conntrack.", StringComparison.Ordinal)),
            page => Assert.Contains(page.ShortName, conntrack!.Split(' ')));
    }

    /// <summary>Whoever adds a counter to the kernel adds a page here: a table without one would hide it from explain.</summary>
    [RootFact]
    public void Every_counter_of_TCP_that_this_kernel_has_has_a_page()
    {
        using var ns = new TestNamespace();
        string[] names = [.. ns.Run(() => new CounterReader().Read()).Names.ToArray().Select(name => name.Text)];
        Assert.Equal([], names.Where(name => name.StartsWith("Tcp.", StringComparison.Ordinal) || name.StartsWith("TcpExt.", StringComparison.Ordinal)).Where(name => CounterCatalog.Find(name) is null));
    }

    /// <summary>Whoever adds a reason to the kernel adds a page here: until then a trace shows its bare name.</summary>
    [RootTheory]
    [InlineData("skb/kfree_skb")]
    [InlineData("tcp/tcp_send_reset")]
    public void Every_reason_that_this_kernel_can_give_has_a_page(string tracepoint)
    {
        // Where it is not mounted, a mount of its own, in a mount namespace of its own: both end with the command.
        const string Mounted = "mountpoint --quiet /sys/kernel/tracing || mount -t tracefs nodev /sys/kernel/tracing";
        string format = CommandRun.Run("unshare", "-m", "sh", "-c", $"{{ {Mounted}; }} && cat /sys/kernel/tracing/events/{tracepoint}/format").EnsureSuccess().Output;
        string[] names = [.. Symbol().Matches(format[format.IndexOf("REC->reason, {", StringComparison.Ordinal)..]).Select(match => match.Groups["name"].Value).Where(name => name != "MAX")];

        Assert.True(names.Length >= 20, format);
        Assert.Equal([], names.Where(name => (tracepoint == "skb/kfree_skb" ? DropReasonCatalog.Find(name) : ResetReasonCatalog.Find(name)) is null));
    }

    private static bool Takes(TestNamespace ns, string key, long value)
    {
        try
        {
            string text = value.ToString(CultureInfo.InvariantCulture);
            ns.SetSysctl(key, text);
            return ns.Run(() => new SysctlReader().Read(key)) == text;
        }
        catch (Exception refused) when (refused is IOException or ArgumentException)
        {
            return false;
        }
    }

    private static bool IsNewer(string since)
        => Version.TryParse(since, out Version? version)
            && Version.TryParse(new SysctlReader().Read("kernel.osrelease")!.Split('-')[0], out Version? running)
            && version > new Version(running.Major, running.Minor);

    [GeneratedRegex("""\{ \d+, "(?<name>\w+)" \}""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Symbol();
}
