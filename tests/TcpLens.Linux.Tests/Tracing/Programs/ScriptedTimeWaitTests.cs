using System.Net;
using System.Net.Sockets;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.Tests.Tracing.TraceScene;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Mini-sockets: TIME_WAIT, and the FIN_WAIT2 of an orphan, which the kernel's own event never tells.</summary>
public sealed class ScriptedTimeWaitTests
{
    private const string ActiveClient = "CLOSE>SYN_SENT>ESTABLISHED>FIN_WAIT1>FIN_WAIT2>TIME_WAIT";
    private const string PassiveServer = "LISTEN>SYN_RECV>ESTABLISHED>CLOSE_WAIT>LAST_ACK>CLOSE";
    private const string ActiveServer = "LISTEN>SYN_RECV>ESTABLISHED>FIN_WAIT1>FIN_WAIT2>TIME_WAIT";
    private const string PassiveClient = "CLOSE>SYN_SENT>ESTABLISHED>CLOSE_WAIT>LAST_ACK>CLOSE";

    /// <summary>When both states last equally long, the timer stays where it is, and only the FIN tells; otherwise it moves.</summary>
    [RootTheory]
    [InlineData(IpFamily.V4, 60)]
    [InlineData(IpFamily.V6, 60)]
    [InlineData(IpFamily.V4, 20)]
    [InlineData(IpFamily.V6, 20)]
    public void An_orphan_goes_on_as_a_mini_socket_and_to_time_wait_when_the_FIN_comes(IpFamily family, int finTimeout)
    {
        using TraceScene scene = new(family);
        scene.Namespace.SetSysctl("net.ipv4.tcp_fin_timeout", $"{finTimeout}");
        scene.Connect();
        uint inode = scene.Client.Inode("c");
        scene.Client.Close("c");
        scene.Await(static told => told.Sockets.Any(static socket => socket.Life is not null), "the socket must end");
        TimeSpan waited = Pause();
        scene.Server.Close("s");

        Told told = scene.Tells(Listening, ActiveClient, PassiveServer);
        ToldSocket client = told.Client;
        TraceRecord life = client.Life!.Record, timeWait = client.Last;
        Assert.Equal((TcpState.FinWait2, TcpState.FinWait2, ClosingKind.HalfClosed), (life.From, life.To, client.Life.Kind()));
        Assert.True(life.Has(TraceMarks.BecameMiniSocket));
        Assert.Equal("SYN_SENT>ESTABLISHED>FIN_WAIT1>FIN_WAIT2", client.Life.Path());
        Assert.True(timeWait.Has(TraceMarks.MiniSocket | TraceMarks.Orphan));
        timeWait.Lasted(waited, scene);
        timeWait.IsOf(scene.Client, "client");
        Assert.NotEqual(life.Socket, timeWait.Socket);
        Assert.Equal((life.Local, life.Remote, life.Family, life.Namespace), (timeWait.Local, timeWait.Remote, timeWait.Family, timeWait.Namespace));
        Assert.Equal((inode, 0u), (client.First.Inode, timeWait.Inode));
    }

    [RootFact]
    public void An_orphan_whose_FIN_never_comes_ends_after_tcp_fin_timeout()
    {
        using TraceScene scene = new();
        scene.Namespace.SetSysctl("net.ipv4.tcp_fin_timeout", "1");
        scene.Connect();
        scene.Client.Close("c");

        Told told = scene.Tells(Listening, "CLOSE>SYN_SENT>ESTABLISHED>FIN_WAIT1>FIN_WAIT2>CLOSE", "LISTEN>SYN_RECV>ESTABLISHED>CLOSE_WAIT");
        TraceRecord end = told.Client.Last;
        Assert.Equal((TraceMarks.MiniSocket | TraceMarks.Orphan, 0, "the peer's FIN never came (tcp_fin_timeout)"), (end.Marks, end.Errno, end.Reason()));
        end.Lasted(TimeSpan.FromSeconds(0.9), scene);
        end.IsOf(scene.Client, "client");
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_time_wait_that_is_destroyed_ends_early(IpFamily family)
    {
        using TraceScene scene = new(family);
        CloseByServer(scene);
        scene.Tells(Listening, PassiveClient, ActiveServer);
        TimeSpan waited = Pause();
        scene.Destroy("state time-wait");

        Told told = scene.Tells(Listening, PassiveClient, ActiveServer + "~CLOSE");
        told.Server.Last.Lasted(waited, scene);
        told.Server.Last.IsOf(scene.Server, "server");
        Assert.Equal((TcpState.TimeWait, TraceMarks.MiniSocket | TraceMarks.Orphan), (told.Server.Last.From, told.Server.Last.Marks));
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_new_connection_from_the_same_port_takes_the_place_of_a_time_wait(IpFamily family)
    {
        using TraceScene scene = new(family);
        IPEndPoint at = scene.Listen(), from = new(scene.ClientAddress, 5000);
        scene.Client.Connect("c", at, from);
        scene.Server.Accept("s", "l");
        scene.Server.Close("s");
        scene.Client.ReceiveAll("c", 1);
        scene.Client.Close("c");
        scene.Tells(Listening, PassiveClient, ActiveServer);
        scene.Client.Connect("again", at, from);

        Told told = scene.Tells(Listening, PassiveClient, ActiveServer + "~CLOSE", "CLOSE>SYN_SENT>ESTABLISHED", "LISTEN>SYN_RECV>ESTABLISHED");
        ToldSocket[] sockets = [.. told.Sockets];
        Assert.Equal(sockets[2].Last.Remote, sockets[4].Last.Remote);
        Assert.Equal("TIME_WAIT ended early: new SYN, reused by connect(), or RST", sockets[2].Last.Reason());
    }

    /// <summary>The kernel gives the memory of one to the next: what begins there is another, and not the same anew.</summary>
    [RootFact]
    public void Time_waits_that_follow_each_other_at_one_address_are_told_apart()
    {
        const int connections = 20;
        using TraceScene scene = new();
        IPEndPoint at = scene.Listen(), from = new(scene.ClientAddress, 5000);
        for (int i = 0; i < connections; i++)
        {
            scene.Client.Connect("c", at, from);
            scene.Server.Accept("s", "l");
            scene.Server.Shutdown("s", SocketShutdown.Send);
            scene.Client.ReceiveAll("c", 1);
            scene.Client.Close("c");
            scene.Server.WaitFor("s", TcpState.Closed);
            scene.Server.Close("s");
        }

        string[] early = [PassiveClient, ActiveServer + "~CLOSE"];
        Told told = scene.Tells([Listening, .. Enumerable.Repeat(early, connections - 1).SelectMany(static pair => pair), PassiveClient, ActiveServer]);
        ulong[] addresses = [.. told.Of(TraceKind.TimeWaitCancelled).Select(static record => record.Socket)];
        Assert.True(addresses.Distinct().Count() < addresses.Length, "an address must come again");
    }

    [RootFact]
    public void Connect_may_use_the_port_of_a_time_wait()
    {
        using TraceScene scene = new();
        IPEndPoint at = scene.Listen();
        scene.Namespace.SetSysctl("net.ipv4.tcp_tw_reuse", "1");
        scene.Namespace.SetSysctl("net.ipv4.tcp_tw_reuse_delay", "1");
        scene.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "5000 5000");
        scene.Client.Connect("c", at);
        scene.Server.Accept("s", "l");
        CloseByClient(scene);
        scene.Tells(Listening, ActiveClient, PassiveServer);
        Pause(20);
        scene.Client.Connect("again", at);
        scene.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "40000 50000");

        Told told = scene.Tells(Listening, ActiveClient + "~CLOSE", PassiveServer, "CLOSE>SYN_SENT>ESTABLISHED", "LISTEN>SYN_RECV>ESTABLISHED");
        Assert.Equal(5000, told.Sockets.ElementAt(1).Last.LocalPort);
        Assert.Equal(told.Sockets.ElementAt(1).Last.Local, told.Sockets.ElementAt(3).Last.Local);
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_stray_segment_begins_a_time_wait_anew_and_a_reset_ends_it(IpFamily family)
    {
        using TraceScene scene = new(family);
        using Forger forger = new(scene.Namespace);
        scene.Connect();
        ForgedSegment last = ForgedSegment.From(scene.Server, "s");
        ForgedSegment stray = last with { Sequence = last.Sequence + 1, Acknowledgment = last.Acknowledgment + 1, Timestamp = last.Timestamp + 1000 };
        CloseByClient(scene);
        scene.Tells(Listening, ActiveClient, PassiveServer);

        // The kernel leaves the timer where it is as long as the new time is near enough to the old one: for some seconds.
        scene.Await(
            told =>
            {
                forger.Send(stray);
                return told.Client.Path == ActiveClient + "*";
            },
            "the stray segment must begin the time anew");
        TimeSpan waited = Pause();
        Told told = scene.Tells(Listening, ActiveClient + "*", PassiveServer);
        TraceRecord restarted = told.Client.Last;
        Assert.Equal((TraceKind.TimeWaitRestarted, TcpState.TimeWait, TraceMarks.MiniSocket | TraceMarks.Orphan), (restarted.Kind, restarted.To, restarted.Marks));

        forger.Send(stray with { Bits = ControlBits.Rst });
        scene.Tells(Listening, ActiveClient + "*~CLOSE", PassiveServer);
        Assert.Equal("TIME_WAIT ended early: new SYN, reused by connect(), or RST", told.Client.Last.Reason());
        told.Client.Last.Lasted(waited, scene);
    }

    [RootFact]
    public void When_there_is_no_room_for_a_time_wait_there_is_none()
    {
        using TraceScene scene = new();
        scene.Namespace.SetSysctl("net.ipv4.tcp_max_tw_buckets", "1");
        IPEndPoint at = scene.Listen();
        foreach (string end in (string[])["1", "2"])
        {
            scene.Client.Connect("c" + end, at);
            scene.Server.Accept("s" + end, "l");
            scene.Client.Shutdown("c" + end, SocketShutdown.Send);
            scene.Server.ReceiveAll("s" + end, 1);
            scene.Server.Close("s" + end);
            scene.Client.WaitFor("c" + end, TcpState.Closed);
        }

        Told told = scene.Tells(
            Listening, ActiveClient, PassiveServer, "CLOSE>SYN_SENT>ESTABLISHED>FIN_WAIT1>FIN_WAIT2>CLOSE", PassiveServer);
        ToldSocket refused = told.Sockets.ElementAt(3);
        Assert.Equal("no room for TIME_WAIT (tcp_max_tw_buckets, memory)", refused.Last.Reason());
        Assert.Equal(ClosingKind.TimeWaitRefused, refused.Life.Kind());
        Assert.False(refused.Life!.Record.Has(TraceMarks.BecameMiniSocket));
    }

    [RootFact]
    public void An_orphan_that_was_old_when_tracing_began_has_no_known_beginning()
    {
        using TestNamespace ns = new();
        using Puppet client = new(ns), server = new(ns);
        client.Connect("c", server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0)));
        server.Accept("s", "l");
        client.Close("c");
        server.WaitFor("s", TcpState.CloseWait);
        using BpfTracer tracer = BpfTracer.TryOpen(new TraceRequest { Topics = Everything, Namespaces = [ns.Run(NamespaceFinder.OwnNamespace)] }, out _)!;
        server.Close("s");

        Told told = new();
        Until.True(() => told.ReadAll(tracer).Sockets.Any(static socket => socket.Last.To == TcpState.Closed), "the server's end must be told");
        TraceRecord[] changes = [.. told.Of(TraceKind.StateChange)];
        Assert.Equal((TcpState.CloseWait, TcpState.LastAck, null), (changes[0].From, changes[0].To, changes[0].NanosecondsInOldState));
        Assert.NotNull(changes[^1].NanosecondsInOldState);
        TracedLife life = Assert.Single(told.Sockets, static socket => socket.Life is not null).Life!;
        Assert.Equal((0ul, 0ul), (life.Record.SinceNanoseconds, life.Tail.EstablishedNanoseconds));
        Assert.Equal((ClosingKind.Passive, "CLOSE_WAIT>LAST_ACK"), (life.Kind(), life.Path()));
    }

    private static void CloseByClient(TraceScene scene)
    {
        scene.Client.Close("c");
        scene.Server.ReceiveAll("s", 1);
        scene.Server.Close("s");
    }

    private static void CloseByServer(TraceScene scene)
    {
        scene.Connect();
        scene.Server.Close("s");
        scene.Client.ReceiveAll("c", 1);
        scene.Client.Close("c");
    }
}
