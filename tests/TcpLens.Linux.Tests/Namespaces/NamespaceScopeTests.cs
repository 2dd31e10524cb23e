using System.Net;
using System.Net.Sockets;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Namespaces;

public sealed class NamespaceScopeTests
{
    [RootFact]
    public void Work_runs_inside_and_the_caller_stays_where_it_was()
    {
        using NamedNamespace blue = new();
        NetworkNamespace place = Find(blue.Name);
        uint before = NamespaceFinder.OwnNamespace();

        Assert.Equal(place.Inode, NamespaceScope.Run(place, () => NamespaceFinder.OwnNamespace()));
        Assert.Equal(before, NamespaceFinder.OwnNamespace());
        Assert.NotEqual(before, place.Inode);
    }

    [RootFact]
    public void A_sock_diag_socket_opened_inside_shows_that_namespace_to_any_thread_for_ever()
    {
        using NamedNamespace blue = new();
        (SockDiagSocket netlink, TcpListener listener) = NamespaceScope.Run(Find(blue.Name), () =>
        {
            TcpListener inside = new(IPAddress.Loopback, 0);
            inside.Start();
            return (SockDiagSocket.Open(), inside);
        });
        using (netlink)
        using (listener)
        using (DiagWalk walk = new(netlink, new SocketQuery()))
        {
            Assert.True(walk.Read(out SocketEntry only));
            Assert.Equal(((IPEndPoint)listener.LocalEndpoint).Port, only.Local.Port);
            Assert.False(walk.Read(out _));
        }
    }

    [RootFact]
    public void Counters_settings_and_interfaces_are_those_of_the_namespace_one_is_in()
    {
        using NamedNamespace blue = new();
        NamedNamespace.Ip("-n", blue.Name, "link", "set", "lo", "down");
        NamedNamespace.Ip("-n", blue.Name, "link", "set", "lo", "name", "tlm0", "up");
        NetworkNamespace place = Find(blue.Name);
        NamedNamespace.Run("ip", "netns", "exec", blue.Name, "sysctl", "-qw", "net.ipv4.tcp_fin_timeout=17");

        (CounterSet counters, SocketStat? sockets, string? finTimeout, InterfaceNames interfaces) = NamespaceScope.Run(place, () =>
        {
            using TcpListener listener = new(IPAddress.Loopback, 0);
            listener.Start();
            return (new CounterReader().Read(), new SocketStatReader().Read(), new SysctlReader().Read("net.ipv4.tcp_fin_timeout"), InterfaceNames.Read());
        });

        Assert.Equal(1, counters["sockstat TCP.inuse"]);
        Assert.Equal(0, counters["Tcp.ActiveOpens"]);
        Assert.Equal(1, sockets!.Value.InUse);
        Assert.Equal("17", finTimeout);
        Assert.NotEqual("17", new SysctlReader().Read("net.ipv4.tcp_fin_timeout"));
        Assert.NotNull(interfaces.IndexOf("tlm0"));
        Assert.Null(InterfaceNames.Read().IndexOf("tlm0"));
    }

    [RootFact]
    public void A_namespace_that_vanished_since_it_was_found_is_one_clear_error()
    {
        NetworkNamespace place;
        using (NamedNamespace blue = new())
        {
            place = Find(blue.Name);
        }

        SystemCallException error = Assert.Throws<SystemCallException>(() => NamespaceScope.Run(place, () => 1));

        Assert.Equal(2, error.Errno);
        Assert.StartsWith($"could not enter network namespace {place.DisplayName} (net:[{place.Inode}]): No such file or directory", error.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_name_that_was_given_to_another_namespace_meanwhile_is_not_entered()
    {
        using NamedNamespace blue = new();
        NetworkNamespace other = Find(blue.Name) with { Inode = 4026530000 };

        Assert.Equal(2, Assert.Throws<SystemCallException>(() => NamespaceScope.Run(other, () => 1)).Errno);
    }

    [Fact]
    public void Ones_own_namespace_needs_no_privilege_and_no_thread()
    {
        NetworkNamespace own = Assert.Single(new NamespaceFinder().FindAll().Found, found => found.IsOwn);

        Assert.Equal(Environment.CurrentManagedThreadId, NamespaceScope.Run(own, () => Environment.CurrentManagedThreadId));
    }

    [RootFact]
    public void What_the_work_throws_is_thrown_to_the_caller()
    {
        using NamedNamespace blue = new();

        Assert.Throws<TimeZoneNotFoundException>(() => NamespaceScope.Run(Find(blue.Name), () => throw new TimeZoneNotFoundException()));
    }

    private static NetworkNamespace Find(string name)
    {
        Assert.True(new NamespaceFinder().FindAll().TrySelect(name, out IReadOnlyList<NetworkNamespace> chosen, out string? failure), failure);
        return Assert.Single(chosen);
    }
}
