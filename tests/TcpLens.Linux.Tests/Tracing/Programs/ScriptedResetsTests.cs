using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.Tests.Tracing.TraceScene;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Connections that one end gives up.</summary>
public sealed class ScriptedResetsTests
{
    private const int ConnectionAborted = 103;
    private const int ConnectionReset = 104;

    private const string ClientEnds = "CLOSE>SYN_SENT>ESTABLISHED>CLOSE";
    private const string ServerEnds = "LISTEN>SYN_RECV>ESTABLISHED>CLOSE";

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void Close_without_lingering_resets_the_other_end(IpFamily family)
    {
        using TraceScene scene = new(family);
        scene.Connect();
        TimeSpan connected = Pause();
        scene.Client.Reset("c");

        Told told = scene.Tells(Listening, ClientEnds, ServerEnds);
        (TraceRecord client, TraceRecord server) = (told.Client.Last, told.Server.Last);
        client.IsBy(scene.Client, "client");
        client.Lasted(connected, scene);
        server.IsOf(scene.Server, "server");
        server.Lasted(connected, scene);
        Assert.Equal((0, true, "we reset: close() with SO_LINGER 0"), (client.Errno, client.Has(TraceMarks.LingersNot), client.Reason()));
        Assert.Equal((ConnectionReset, false, "reset by peer (ECONNRESET)"), (server.Errno, server.Has(TraceMarks.ByProcess), server.Reason()));
        Assert.Equal((ClosingKind.ResetByUs, ClosingKind.ResetByPeer), (told.Client.Life.Kind(), told.Server.Life.Kind()));
        IsResetOf(told.Client, told.Server, scene, "TCP_STATE");
    }

    [RootFact]
    public void The_end_that_was_accepted_can_reset_too()
    {
        using TraceScene scene = new();
        scene.Connect();
        scene.Server.Reset("s");

        Told told = scene.Tells(Listening, ClientEnds, ServerEnds);
        told.Server.Last.IsBy(scene.Server, "server");
        told.Client.Last.IsOf(scene.Client, "client");
        Assert.Equal((ConnectionReset, 0), (told.Client.Last.Errno, told.Server.Last.Errno));
        Assert.Equal((ClosingKind.ResetByPeer, ClosingKind.ResetByUs), (told.Client.Life.Kind(), told.Server.Life.Kind()));
        IsResetOf(told.Server, told.Client, scene, "TCP_STATE");
    }

    [RootFact]
    public void Close_with_unread_data_resets_the_other_end()
    {
        using TraceScene scene = new();
        scene.Connect();
        scene.Server.Send("s", 10);
        scene.Client.Receive("c", 1);
        scene.Client.Close("c");

        Told told = scene.Tells(Listening, ClientEnds, ServerEnds);
        TraceRecord client = told.Client.Last;
        client.IsBy(scene.Client, "client");
        Assert.Equal((0, false, "we reset: closed with unread data"), (client.Errno, client.Has(TraceMarks.LingersNot), client.Reason()));
        Assert.Equal((ClosingKind.ResetByUs, ClosingKind.ResetByPeer), (told.Client.Life.Kind(), told.Server.Life.Kind()));
        Assert.Equal((0ul, 10ul), told.Client.Life.Octets());
        Assert.Equal((10ul, 0ul), told.Server.Life.Octets());
        IsResetOf(told.Client, told.Server, scene, "TCP_ABORT_ON_CLOSE");
    }

    [RootFact]
    public void Data_for_an_orphan_is_answered_with_a_reset()
    {
        using TraceScene scene = new();
        scene.Connect();
        scene.Client.Close("c");
        scene.Server.WaitFor("s", TcpState.CloseWait);
        scene.Await(static told => told.Client.Life is not null, "the orphan must become a mini-socket");
        scene.Server.Send("s", 10);

        Told told = scene.Tells(Listening, "CLOSE>SYN_SENT>ESTABLISHED>FIN_WAIT1>FIN_WAIT2~CLOSE", "LISTEN>SYN_RECV>ESTABLISHED>CLOSE_WAIT>CLOSE");
        Assert.Equal("FIN_WAIT2 ended early: RST, or data after close()", told.Client.Last.Reason());
        Assert.Equal((32, "reset by peer (EPIPE)"), (told.Server.Last.Errno, told.Server.Last.Reason()));
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_connection_in_the_accept_queue_is_reset_with_its_listener(IpFamily family)
    {
        using TraceScene scene = new(family);
        scene.Client.Connect("c", scene.Listen());
        scene.Await(static told => told.Sockets.Count() == 3, "the child must be there");
        scene.Server.Close("l");

        Told told = scene.Tells("CLOSE>LISTEN>CLOSE", ClientEnds, ServerEnds);
        told.Listener.Last.IsBy(scene.Server, "server");
        Assert.Equal((0, 0, ""), (told.Server.Last.Errno, told.Server.Last.Pid, told.Server.Last.Command.ToString()));
        Assert.Equal("we reset: listener closed before accept()", told.Server.Last.Reason());
        Assert.Equal((ClosingKind.NeverAccepted, ClosingKind.ResetByPeer), (told.Server.Life.Kind(), told.Client.Life.Kind()));
        Assert.Null(told.Listener.Life);
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void Who_destroys_a_socket_is_named_and_not_whose_it_was(IpFamily family)
    {
        using TraceScene scene = new(family);
        scene.Connect();
        TimeSpan connected = Pause();
        int killer = scene.Destroy("state established sport = :" + scene.Server.Local("s").Port);

        Told told = scene.Tells(Listening, ClientEnds, ServerEnds);
        TraceRecord destroyed = told.Server.Last;
        Assert.True(destroyed.Has(TraceMarks.Destroyed | TraceMarks.ByProcess));
        Assert.Equal((killer, "ss", ConnectionAborted), (destroyed.Pid, destroyed.Command.ToString(), destroyed.Errno));
        Assert.Equal($"destroyed by ss/{killer} (SOCK_DESTROY)", destroyed.Reason());
        destroyed.Lasted(connected, scene);
        Assert.Equal((ClosingKind.Destroyed, ClosingKind.ResetByPeer), (told.Server.Life.Kind(), told.Client.Life.Kind()));
        told.Client.Last.IsOf(scene.Client, "client");
        IsResetOf(told.Server, told.Client, scene, "TCP_STATE");
    }

    [RootFact]
    public void A_listener_that_is_destroyed_closes_twice()
    {
        using TraceScene scene = new();
        scene.Listen();
        scene.Destroy("state listening");

        Told told = scene.Tells("CLOSE>LISTEN>CLOSE>CLOSE");
        Assert.All(told.Listener.Changes.Skip(1), static record => Assert.True(record.Has(TraceMarks.ByProcess)));
        Assert.Null(told.Listener.Life);
    }

    /// <summary>One end sent a reset for that reason, and the other received it.</summary>
    private static void IsResetOf(ToldSocket sender, ToldSocket receiver, TraceScene scene, string reason)
    {
        TraceRecord sent = Assert.Single(sender.Of(TraceKind.ResetSent));
        TraceRecord received = Assert.Single(receiver.Of(TraceKind.ResetReceived));
        Assert.Equal(reason, scene.ReasonOf(in sent));
        Assert.Equal((sender.Last.Local, sender.Last.Remote), (sent.Local, sent.Remote));
        Assert.Equal((receiver.Last.Local, receiver.Last.Remote, receiver.Last.From), (received.Local, received.Remote, received.From));
        Assert.Equal(receiver.Last.Pid, received.Pid);
        Assert.Empty(receiver.Of(TraceKind.ResetSent));
        Assert.Empty(sender.Of(TraceKind.ResetReceived));
    }
}
