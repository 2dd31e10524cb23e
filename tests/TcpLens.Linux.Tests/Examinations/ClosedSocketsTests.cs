using System.Net;
using System.Net.Sockets;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Examinations;

public sealed class ClosedSocketsTests
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    [RootFact]
    public void Fifty_connections_that_the_peer_reset_are_counted_while_their_descriptors_are_kept()
    {
        using TestNamespace ns = new();
        using Puppet server = new(ns), client = new(ns);
        client.ConnectMany("c", 50, server.Listen("l", Anywhere, backlog: 64));
        server.AcceptMany("s", 50, "l");
        using LiveMachine machine = new([Place.Of(ns)]);
        Assert.Equal((0, 0), Counts(machine, server, client));

        client.Reset("c*");
        Until.True(() => server.State("s49") == TcpState.Closed, "the last one must be reset");
        Assert.Equal((50, 0), Counts(machine, server, client));
        Assert.True(machine.FindOwnersAndClosed().IsExact);

        server.Close("s*");
        Assert.Equal((0, 0), Counts(machine, server, client));
    }

    [RootFact]
    public void However_a_connection_ended_it_counts_and_what_never_was_one_does_not()
    {
        using TestNamespace ns = new();
        using Puppet server = new(ns), client = new(ns);
        IPEndPoint at = server.Listen("l", Anywhere);

        client.Socket("fresh");
        client.Socket("fresh6", AddressFamily.InterNetworkV6);
        client.Bind("bound", Anywhere);
        client.Listen("listener", Anywhere);
        client.Connect("alive", at);
        server.Accept("alive", "l");

        client.Connect("finished", at);
        server.Accept("finished", "l");
        server.Shutdown("finished", SocketShutdown.Both);
        client.Shutdown("finished", SocketShutdown.Both);
        client.WaitFor("finished", TcpState.Closed);   // By FIN: the passive side is done, the active one goes on as TIME_WAIT.
        server.WaitFor("finished", TcpState.Closed);

        IPEndPoint nobody = client.Bind("port", Anywhere);
        client.BeginConnect("refused", nobody);
        client.WaitFor("refused", TcpState.Closed);

        client.Connect("silent", at);
        server.Accept("silent", "l");
        client.Set("silent", PuppetOption.UserTimeout, 300);
        ns.Deafen(client.Local("silent"));
        client.Send("silent", 100);
        client.WaitFor("silent", TcpState.Closed);

        using LiveMachine machine = new([Place.Of(ns)]);
        Assert.Equal((1, 3), Counts(machine, server, client));

        client.Close("silent");
        client.Close("refused");
        client.Close("finished");
        Assert.Equal((1, 0), Counts(machine, server, client));
    }

    [RootFact]
    public void Without_bpf_it_is_said_that_fresh_sockets_may_be_among_them()
    {
        using TestNamespace ns = new();
        using Puppet server = new(ns), client = new(ns);
        client.ConnectMany("c", 5, server.Listen("l", Anywhere));
        server.AcceptMany("s", 5, "l");
        client.Reset("c*");
        client.Bind("bound", Anywhere);
        client.Socket("fresh");
        Until.True(() => server.State("s4") == TcpState.Closed, "the last one must be reset");
        using LiveMachine machine = new([Place.Of(ns)], mayUseBpf: false);

        ClosedSockets found = machine.FindOwnersAndClosed();

        Assert.False(found.IsExact);
        Assert.Equal((5, 1), (found.CountOf(server.Pid), found.CountOf(client.Pid)));
        Assert.Contains("sockets that ended: descriptors of TCP sockets that no table has", machine.Sources);
    }

    [RootFact]
    public void Sockets_of_another_namespace_and_a_second_descriptor_do_not_count()
    {
        using TestNamespace ns = new(), other = new();
        using Puppet server = new(ns), client = new(ns);
        client.Connect("c", server.Listen("l", Anywhere));
        server.Accept("s", "l");
        client.Reset("c");
        server.WaitFor("s", TcpState.Closed);
        using LiveMachine elsewhere = new([Place.Of(other)]), byLinks = new([Place.Of(other)], mayUseBpf: false);

        Assert.Equal((0, 0), Counts(elsewhere, server, client));
        Assert.Equal((0, 0), Counts(byLinks, server, client));

        ClosedSockets twice = new();
        twice.Add(1, 100);
        twice.Add(1, 100);
        Assert.Equal((1, 0), (twice.CountOf(1), twice.CountOf(2)));
    }

    private static (long Server, long Client) Counts(LiveMachine machine, Puppet server, Puppet client)
    {
        ClosedSockets found = machine.FindOwnersAndClosed();
        return (found.CountOf(server.Pid), found.CountOf(client.Pid));
    }
}
