using TcpLens.Linux.Tests.Containers;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Namespaces;

public sealed class UnprivilegedTests
{
    [RootFact]
    public void A_thread_without_capabilities_knows_that_it_has_none_while_its_process_has()
    {
        Assert.Equal(Capabilities.None, Unprivileged.Run(() => Privileges.Current.Effective));
        Assert.NotEqual(Capabilities.None, Privileges.Current.Effective);
    }

    [RootFact]
    public void Without_privilege_ones_own_and_the_mounted_namespaces_are_found_and_the_rest_is_said()
    {
        using NamedNamespace blue = new();

        NamespaceSurvey survey = Unprivileged.Run(() => new NamespaceFinder().FindAll());

        Assert.Single(survey.Found, found => found.IsOwn);
        Assert.Contains(survey.Found, found => found.Names.Contains(blue.Name));
        BlindSpot blind = Assert.Single(survey.BlindSpots);
        Assert.StartsWith("network namespaces of ", blind.What, StringComparison.Ordinal);
        Assert.Equal(("no permission", "run with sudo, or with cap_sys_ptrace"), (blind.Why, blind.Remedy));
    }

    [RootFact]
    public void Entering_without_privilege_is_one_clear_error_that_names_the_capability()
    {
        using NamedNamespace blue = new();
        Assert.True(new NamespaceFinder().FindAll().TrySelect(blue.Name, out IReadOnlyList<NetworkNamespace> place, out _));

        SystemCallException error = Assert.Throws<SystemCallException>(
            () => Unprivileged.Run(() => NamespaceScope.Run(place[0], () => 1)));

        Assert.Equal(1, error.Errno);
        Assert.Contains($"could not enter network namespace {blue.Name} (net:[{place[0].Inode}])", error.Message);
        Assert.Contains("cap_sys_admin", error.Message);
    }

    [RootFact]
    public void Counters_settings_and_interfaces_need_no_privilege()
    {
        (CounterSet counters, SocketStat? sockets, HostSettings settings, InterfaceNames interfaces) = Unprivileged.Run(
            () => (new CounterReader().Read(), new SocketStatReader().Read(), new SettingsReader().Read(DateTimeOffset.UtcNow), InterfaceNames.Read()));

        Assert.NotNull(counters["TcpExt.ListenDrops"]);
        Assert.NotNull(sockets);
        Assert.NotNull(settings["net.ipv4.tcp_fin_timeout"]);
        Assert.NotNull(interfaces.IndexOf("lo"));
    }

    [RootFact]
    public void Without_privilege_a_cgroup_is_found_by_walking()
    {
        using CgroupNamesTests.OwnCgroup cgroup = new();

        (string? path, bool usedHandles) = Unprivileged.Run(() =>
        {
            using CgroupNames names = CgroupNames.Open()!;
            return (names.PathOf(cgroup.Id), names.UsesHandles);
        });

        Assert.Equal((cgroup.Path, false), (path, usedHandles));
    }
}
