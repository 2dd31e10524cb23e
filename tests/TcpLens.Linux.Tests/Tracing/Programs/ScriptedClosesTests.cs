using System.Net;
using System.Net.Sockets;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.Tests.Tracing.TraceScene;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Connections that both ends end in order.</summary>
public sealed class ScriptedClosesTests
{
    private const string ActiveClient = "CLOSE>SYN_SENT>ESTABLISHED>FIN_WAIT1>FIN_WAIT2>TIME_WAIT";
    private const string PassiveServer = "LISTEN>SYN_RECV>ESTABLISHED>CLOSE_WAIT>LAST_ACK>CLOSE";

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_client_that_closes_first_goes_to_time_wait(IpFamily family)
    {
        using TraceScene scene = new(family);
        scene.Connect();
        scene.Client.Send("c", 1000);
        scene.Server.ReceiveAll("s", 1000);
        scene.Server.Send("s", 77);
        scene.Client.ReceiveAll("c", 77);
        (IPEndPoint from, IPEndPoint to) = (scene.Client.Local("c"), scene.Client.Remote("c"));
        uint inode = scene.Client.Inode("c");
        TimeSpan talked = Pause();
        scene.Client.Close("c");
        TimeSpan waited = Pause();
        scene.Server.Close("s");

        Told told = scene.Tells(Listening, ActiveClient, PassiveServer);
        (ToldSocket client, ToldSocket server) = (told.Client, told.Server);
        client.First.IsBy(scene.Client, "client");
        Assert.Equal((0, (ushort)to.Port, inode), (client.First.LocalPort, client.First.RemotePort, client.First.Inode));
        client.To(TcpState.Established).IsOf(scene.Client, "client");
        Assert.All(client.Changes.Skip(1), record => Assert.Equal((EndOf(from), EndOf(to), family), (record.Local, record.Remote, record.Family)));
        Assert.All(server.Changes, record => Assert.Equal((EndOf(to), EndOf(from), family), (record.Local, record.Remote, record.Family)));
        client.To(TcpState.FinWait1).IsBy(scene.Client, "client");
        client.To(TcpState.FinWait1).Lasted(talked, scene);
        client.Last.Lasted(TimeSpan.Zero, scene);
        Assert.True(client.Last.Has(TraceMarks.Orphan));
        client.Last.IsOf(scene.Client, "client");
        server.To(TcpState.LastAck).IsBy(scene.Server, "server");
        server.To(TcpState.LastAck).Lasted(waited, scene);
        Assert.All(client.Changes.Concat(server.Changes), record => Assert.Equal((0, null), (record.Errno, record.Reason())));

        Assert.Equal((ClosingKind.Passive, (77ul, 1000ul)), (server.Life.Kind(), server.Life.Octets()));
        Assert.Equal("SYN_RECV>ESTABLISHED>CLOSE_WAIT>LAST_ACK", server.Life.Path());
        server.Life!.Record.Lasted(talked + waited, scene);
        server.Life!.Record.IsOf(scene.Server, "server");
        Assert.Equal((1000ul, 77ul), client.Life.Octets());
        client.Life!.Record.Lasted(talked, scene);
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_server_that_closes_first_goes_to_time_wait(IpFamily family)
    {
        using TraceScene scene = new(family);
        scene.Connect();
        scene.Server.Close("s");
        scene.Client.ReceiveAll("c", 1);
        scene.Client.Close("c");

        Told told = scene.Tells(
            Listening,
            "CLOSE>SYN_SENT>ESTABLISHED>CLOSE_WAIT>LAST_ACK>CLOSE",
            "LISTEN>SYN_RECV>ESTABLISHED>FIN_WAIT1>FIN_WAIT2>TIME_WAIT");
        told.Server.To(TcpState.FinWait1).IsBy(scene.Server, "server");
        told.Client.To(TcpState.LastAck).IsBy(scene.Client, "client");
        Assert.Equal(ClosingKind.Passive, told.Client.Life.Kind());
        Assert.Equal("SYN_SENT>ESTABLISHED>CLOSE_WAIT>LAST_ACK", told.Client.Life.Path());
    }

    [RootFact]
    public void The_number_of_a_connection_is_the_one_that_sock_diag_tells()
    {
        using TraceScene scene = new();
        scene.Connect();
        scene.Client.Connect("other", scene.Client.Remote("c"));
        scene.Server.Accept("other", "l");
        scene.Client.Shutdown("other", SocketShutdown.Send);
        scene.Server.Close("other");
        Told told = scene.Tells(
            Listening, "CLOSE>SYN_SENT>ESTABLISHED", "LISTEN>SYN_RECV>ESTABLISHED", ActiveClient, PassiveServer);

        using SockDiagSocket netlink = scene.Namespace.Run(() => SockDiagSocket.Open());
        using DiagWalk walk = new(netlink, new SocketQuery());
        List<(ulong, TcpState, Endpoint, Endpoint, uint)> seen = [];
        while (walk.Read(out SocketEntry entry))
        {
            seen.Add((entry.Cookie, entry.State, entry.Local, entry.Remote, entry.Inode));
        }

        Assert.Equal(
            told.Sockets.Where(static socket => socket.Last.To != TcpState.Closed)
                .Select(static socket => (socket.Cookie, socket.Last.To, socket.Last.Local, socket.Last.Remote))
                .Order(),
            seen.Select(static entry => (entry.Item1, entry.Item2, entry.Item3, entry.Item4)).Order());
    }

    [RootFact]
    public void An_IPv6_socket_that_speaks_IPv4_has_that_family_and_those_addresses()
    {
        using TraceScene scene = new();
        IPEndPoint at = scene.Server.Listen("l", new IPEndPoint(IPAddress.IPv6Any, 0));
        scene.Client.Connect("c", new IPEndPoint(IPAddress.Loopback, at.Port));
        scene.Server.Accept("s", "l");
        scene.Server.Close("s");
        scene.Client.ReceiveAll("c", 1);
        scene.Client.Close("c");

        Told told = scene.Tells(
            Listening,
            "CLOSE>SYN_SENT>ESTABLISHED>CLOSE_WAIT>LAST_ACK>CLOSE",
            "LISTEN>SYN_RECV>ESTABLISHED>FIN_WAIT1>FIN_WAIT2>TIME_WAIT");
        Endpoint here = new(HostAddress.From(IPAddress.Loopback), (ushort)at.Port);
        Assert.All(told.Server.Changes, record => Assert.Equal((IpFamily.V6, here), (record.Family, record.Local)));
        Assert.All(told.Client.Changes, record => Assert.Equal((IpFamily.V4, here), (record.Family, record.Remote)));
    }

    [RootFact]
    public void A_half_closed_connection_stays_in_fin_wait2_as_long_as_the_other_end_likes()
    {
        using TraceScene scene = new();
        scene.Connect();
        scene.Client.Shutdown("c", SocketShutdown.Send);
        scene.Client.WaitFor("c", TcpState.FinWait2);
        TimeSpan halfClosed = Pause();
        scene.Server.Send("s", 5000);
        scene.Client.ReceiveAll("c", 5000);
        scene.Server.Close("s");
        scene.Client.WaitFor("c", TcpState.Closed);
        scene.Client.Close("c");

        Told told = scene.Tells(Listening, ActiveClient, PassiveServer);
        told.Client.Last.Lasted(halfClosed, scene);
        Assert.False(told.Client.Last.Has(TraceMarks.Orphan));
        told.Server.To(TcpState.LastAck).Lasted(halfClosed, scene);
        Assert.Equal((ClosingKind.Active, (0ul, 5000ul)), (told.Client.Life.Kind(), told.Client.Life.Octets()));
        Assert.Equal("SYN_SENT>ESTABLISHED>FIN_WAIT1>FIN_WAIT2>TIME_WAIT", told.Client.Life.Path());
    }

    [RootFact]
    public void Close_after_shutdown_is_told_though_the_state_stays()
    {
        using TraceScene scene = new();
        scene.Connect();
        scene.Client.Shutdown("c", SocketShutdown.Send);
        scene.Client.WaitFor("c", TcpState.FinWait2);
        scene.Client.Close("c");
        scene.Server.Close("s");

        Told told = scene.Tells(Listening, "CLOSE>SYN_SENT>ESTABLISHED>FIN_WAIT1>FIN_WAIT2>FIN_WAIT2>TIME_WAIT", PassiveServer);
        TraceRecord closed = told.Client.Changes[^2];
        closed.IsBy(scene.Client, "client");
        Assert.Equal("close() after shutdown()", closed.Reason());
        Assert.Equal((ClosingKind.HalfClosed, true), (told.Client.Life.Kind(), told.Client.Life!.Record.Has(TraceMarks.BecameMiniSocket)));
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void When_the_FINs_cross_both_ends_go_through_closing_to_time_wait(IpFamily family)
    {
        using TraceScene scene = new(family, isLinked: true);
        scene.Connect();
        scene.Link!.Hold(Until.Patience);
        scene.Client.Shutdown("c", SocketShutdown.Send);
        scene.Server.Shutdown("s", SocketShutdown.Send);
        TimeSpan crossed = Pause();
        scene.Link.Hold(TimeSpan.Zero);

        Told told = scene.Tells(
            Listening,
            "CLOSE>SYN_SENT>ESTABLISHED>FIN_WAIT1>CLOSING>TIME_WAIT",
            "LISTEN>SYN_RECV>ESTABLISHED>FIN_WAIT1>CLOSING>TIME_WAIT");
        Assert.All([told.Client, told.Server], socket =>
        {
            socket.To(TcpState.Closing).Lasted(crossed, scene);
            Assert.Equal(["simultaneous close", "simultaneous close completes"], socket.Changes.TakeLast(2).Select(static record => record.Reason()));
            Assert.Equal(ClosingKind.Simultaneous, socket.Life.Kind());
        });
    }

    [RootFact]
    public void Close_after_shutdown_is_told_in_closing_too()
    {
        using TraceScene scene = new(isLinked: true);
        scene.Connect();
        scene.Link!.Set(LinkSide.Right, Weather.Silence);
        scene.Client.Shutdown("c", SocketShutdown.Send);
        scene.Server.Shutdown("s", SocketShutdown.Send);
        scene.Client.WaitFor("c", TcpState.Closing);
        scene.Client.Close("c");

        scene.Tells(Listening, "CLOSE>SYN_SENT>ESTABLISHED>FIN_WAIT1>CLOSING>CLOSING", "LISTEN>SYN_RECV>ESTABLISHED>FIN_WAIT1");
    }

    [RootFact]
    public void Close_after_shutdown_is_told_in_last_ack_too()
    {
        using TraceScene scene = new(isLinked: true);
        scene.Connect();
        scene.Client.Shutdown("c", SocketShutdown.Send);
        scene.Client.WaitFor("c", TcpState.FinWait2);
        scene.Link!.Set(LinkSide.Left, Weather.Silence);
        scene.Server.Shutdown("s", SocketShutdown.Send);
        scene.Server.Close("s");
        scene.Link.Set(LinkSide.Left, Weather.Fair);

        Told told = scene.Tells(Listening, ActiveClient, "LISTEN>SYN_RECV>ESTABLISHED>CLOSE_WAIT>LAST_ACK>LAST_ACK>CLOSE");
        told.Server.Changes[^2].IsBy(scene.Server, "server");
        Assert.Equal((ClosingKind.Passive, ClosingKind.Active), (told.Server.Life.Kind(), told.Client.Life.Kind()));
    }

    private static Endpoint EndOf(IPEndPoint end) => new(HostAddress.From(end.Address), (ushort)end.Port);
}
