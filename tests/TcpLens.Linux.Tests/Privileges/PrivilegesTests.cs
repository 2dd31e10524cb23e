using TcpLens.Linux.Tests.Namespaces;

namespace TcpLens.Linux.Tests;

public sealed class PrivilegesTests
{
    private const Sight Everything = Sight.OwnersOfOthers | Sight.Marks | Sight.OtherNamespaces | Sight.FastPaths;

    [RootFact]
    public void Root_sees_everything_and_is_told_nothing()
    {
        Assert.Equal(0u, Privileges.Current.UserId);
        Assert.Equal(Everything, Privileges.Current.Visible(Everything));
        Assert.Null(Privileges.Current.WhatMoreWouldShow(Everything, "tcplens"));
    }

    [Fact]
    public void An_ordinary_user_is_told_in_one_line_what_is_missing_and_how_to_see_it()
    {
        Privileges nobody = new(Capabilities.None, 65534);

        Assert.Equal(
            "not shown without privilege: owners of other users' sockets (cap_dac_read_search, cap_sys_ptrace); "
            + "firewall marks (cap_net_admin). Run with sudo, or once: "
            + "sudo setcap cap_dac_read_search,cap_net_admin,cap_sys_ptrace+ep /usr/bin/tcplens",
            nobody.WhatMoreWouldShow(Sight.OwnersOfOthers | Sight.Marks, "/usr/bin/tcplens"));
        Assert.DoesNotContain('\n', nobody.WhatMoreWouldShow(Everything, "tcplens")!);
        Assert.Null(nobody.WhatMoreWouldShow(Sight.None, "tcplens"));
    }

    [Fact]
    public void Half_of_the_needed_capabilities_shows_nothing()
        => Assert.Equal(Sight.Marks, new Privileges(Capabilities.SysPtrace | Capabilities.NetAdmin | Capabilities.Bpf, 1000).Visible(Everything));

    [Fact]
    public void The_kernels_own_text_is_read()
    {
        Privileges read = Privileges.Parse("Name:\tx\nUid:\t1000\t1001\t1002\t1003\nCapEff:\t000000c000001000\n");

        Assert.Equal(1001u, read.UserId);
        Assert.Equal(Capabilities.Bpf | Capabilities.Perfmon | Capabilities.NetAdmin, read.Effective);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Uid:\nCapEff:\n")]
    [InlineData("Uid:\t1000\nCapEff:\tzz\n")]
    public void Text_that_says_nothing_gives_no_capability(string? status) => Assert.Equal(Capabilities.None, Privileges.Parse(status).Effective);

    [RootFact]
    public void The_setcap_line_is_one_that_setcap_accepts()
    {
        string line = new Privileges(Capabilities.None, 65534).WhatMoreWouldShow(Everything, "x")!;
        string capabilities = line.Split("setcap ")[1].Split(' ')[0];
        using ProcFolder folder = new();
        folder.Write("program", "");

        NamedNamespace.Run("setcap", capabilities, $"{folder.Root}/program");

        Assert.Contains("cap_bpf", NamedNamespace.Run("getcap", $"{folder.Root}/program"));
    }

    [Fact]
    public void Users_have_the_names_of_passwd()
    {
        UserNames users = new();

        Assert.Equal("root", users.NameOf(0));
        Assert.Equal(0u, users.IdOf("root"));
        Assert.Null(users.NameOf(4_000_000_000));
    }

    [Fact]
    public void A_passwd_of_any_place_is_read_and_lines_that_make_no_sense_are_passed_over()
    {
        using ProcFolder root = new();
        root.Write("etc/passwd", "# comment\n:x:5:5\nann:x:1000:1000:Ann:/:/bin/sh\nbob:x\nboss:x:1000:1:\nbig:x:99999999999:1:\nneg:x:-1:1:\n\nzoe:x:7:7::/:");
        UserNames users = new(root.Root);

        Assert.Equal("ann", users.NameOf(1000));
        Assert.Equal(1000u, users.IdOf("boss"));
        Assert.Equal("zoe", users.NameOf(7));
        Assert.Null(users.NameOf(5));
        Assert.Null(users.IdOf("big"));
        Assert.Null(new UserNames("/nowhere").NameOf(0));
    }

    [Fact]
    public void Interfaces_have_the_kernels_names_and_numbers()
    {
        InterfaceNames interfaces = InterfaceNames.Read();

        uint loopback = interfaces.IndexOf("lo")!.Value;
        Assert.Equal("lo", interfaces.NameOf(loopback));
        Assert.Null(interfaces.NameOf(uint.MaxValue));
        Assert.Null(interfaces.IndexOf("no-such-thing"));
    }
}
