using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TcpLens.Linux.Tests.Namespaces;

/// <summary>Everything here is text of others: of the kernel, of runtimes, of whoever named a cgroup.</summary>
public sealed class ForeignTextTests
{
    /// <summary>Pieces that the formats are made of, in any order, between pieces that belong to none of them.</summary>
    private static readonly Arbitrary<string> Texts = Gen.Elements(
        " ", "\n", ":", "/", "-", "\\x2d", "\\x", "\\040", "\\", "net:[4026531840]", "net:[", "]", "nsfs", "1", "0::", "Uid:", "CapEff:",
        "docker-", "pod", "kubepods", ".scope", ".service", "lxc.payload.", "machine-", "systemd-nspawn@", new string('a', 64), "\u001b", "é", "\0")
        .ListOf().Select(string.Concat).ToArbitrary();

    [Fact]
    public void Any_text_is_a_value_and_never_an_exception()
        => Prop.ForAll(Texts, text =>
        {
            _ = MountInfo.Parse(Encoding.UTF8.GetBytes(text)).Count();
            _ = NamespaceLink.Inode(text);
            _ = CgroupText.PathOf(text);
            _ = ContainerName.FromCgroupPath(text);
            _ = SystemdUnit.FromCgroupPath(text);
            _ = Privileges.Parse(text);
            _ = new SysctlReader("/nowhere").Read(text);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_setting_never_leads_out_of_its_folder()
        => Prop.ForAll(Gen.Elements(".", "/", "net", "ipv4", "\0", "x").ListOf().Select(string.Concat).ToArbitrary(), key =>
            new SysctlReader().PathOf(key) is not { } path || Path.GetFullPath(path).StartsWith("/proc/sys/", StringComparison.Ordinal))
            .QuickCheckThrowOnFailure();
}
