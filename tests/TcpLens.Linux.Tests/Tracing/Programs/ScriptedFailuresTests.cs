using System.Net;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.Tests.Tracing.TraceScene;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Connections that come to nothing, or that the network ends.</summary>
public sealed class ScriptedFailuresTests
{
    private const int Refused = 111;
    private const int TimedOut = 110;
    private const string NeverConnected = "CLOSE>SYN_SENT>CLOSE";

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void Where_nobody_listens_connect_is_refused(IpFamily family)
    {
        using TraceScene scene = new(family);
        IPEndPoint nobody = new(scene.ServerAddress, 7);
        Assert.Equal("ECONNREFUSED", scene.Client.Try(client => client.Connect("c", nobody)));

        Told told = scene.Tells(NeverConnected);
        TraceRecord end = told.Client.Last;
        end.IsOf(scene.Client, "client");
        Assert.Equal((Refused, "refused (ECONNREFUSED)", ClosingKind.Refused), (end.Errno, end.Reason(), told.Client.Life.Kind()));
        Assert.Equal("SYN_SENT", told.Client.Life.Path());
        Assert.Single(told.Client.Of(TraceKind.ResetReceived));
        Assert.Equal(Refused, Assert.Single(told.Client.Of(TraceKind.ErrorReported)).Errno);

        TraceRecord reset = Assert.Single(told.Strays, record => record.Kind == TraceKind.ResetSent && record.LocalPort == 7);
        TraceRecord drop = Assert.Single(told.Strays, record => record.Kind == TraceKind.SegmentDropped && record.LocalPort == 7);
        Assert.Equal(("NO_SOCKET", "NO_SOCKET"), (scene.ReasonOf(in reset), scene.ReasonOf(in drop)));
        Assert.All([reset, drop], record =>
        {
            Assert.Equal((end.Remote, end.Local, family, end.Namespace), (record.Local, record.Remote, record.Family, record.Namespace));
            Assert.Equal((ControlBits.Syn, 1u), (record.SegmentBits, record.SegmentLength));
        });
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_connect_that_nobody_answers_times_out(IpFamily family)
    {
        using TraceScene scene = new(family, isLinked: true);
        scene.Namespace.SetSysctl("net.ipv4.tcp_syn_retries", "1");
        scene.Namespace.SetSysctl("net.ipv4.tcp_syn_linear_timeouts", "0");
        scene.Link!.Set(LinkSide.Right, Weather.Silence);
        Assert.Equal("ETIMEDOUT", scene.Client.Try(client => client.Connect("c", new IPEndPoint(scene.ServerAddress, 7))));

        Told told = scene.Tells(NeverConnected);
        TraceRecord end = told.Client.Last;
        end.IsOf(scene.Client, "client");
        end.Lasted(TimeSpan.FromSeconds(2.9), scene);   // A second until the SYN goes out again, and two until the end.
        Assert.Equal((TimedOut, "timed out: no answer to SYN (ETIMEDOUT)", ClosingKind.TimedOut), (end.Errno, end.Reason(), told.Client.Life.Kind()));
        Assert.Equal((1u, 2u, 0u), (told.Client.Life!.Tail.Retransmits, told.Client.Life.Tail.SegmentsSent, told.Client.Life.Tail.SegmentsReceived));
        IReadOnlyList<TraceRecord> retransmitted = told.Client.Of(TraceKind.Retransmitted);
        Assert.True(retransmitted.Count == 1, told.ToString());
        TraceRecord again = retransmitted[0];
        Assert.Equal((TcpState.SynSent, 1u, 1, CongestionPhase.Loss), (again.From, again.SegmentLength, again.Attempt, again.Phase));
        Assert.InRange(end.At - again.At, TimeSpan.FromSeconds(1.9), scene.Elapsed);
    }

    [RootFact]
    public void Data_that_nobody_acknowledges_times_the_connection_out()
    {
        using TraceScene scene = new(isLinked: true);
        scene.Connect();
        scene.Client.Set("c", PuppetOption.UserTimeout, 900);
        (SeqNum sequence, _) = scene.Client.Sequence("c");
        scene.Link!.Set(Weather.Silence);
        scene.Client.Send("c", 1000);
        scene.Client.WaitFor("c", TcpState.Closed);

        Told told = scene.Tells(Listening, "CLOSE>SYN_SENT>ESTABLISHED>CLOSE", "LISTEN>SYN_RECV>ESTABLISHED");
        TraceRecord end = told.Client.Last;
        Assert.Equal(
            (TimedOut, "timed out: no answer to retransmissions (ETIMEDOUT)", ClosingKind.TimedOut),
            (end.Errno, end.Reason(), told.Client.Life.Kind()));
        end.IsOf(scene.Client, "client");
        Assert.False(end.Has(TraceMarks.ByProcess));
        Assert.Equal((0ul, 0ul), told.Client.Life.Octets());
        Assert.Equal(TimedOut, Assert.Single(told.Client.Of(TraceKind.ErrorReported)).Errno);
        IReadOnlyList<TraceRecord> again = told.Client.Of(TraceKind.Retransmitted);
        Assert.True(again.Count >= 2, told.ToString());
        Assert.All(again, record => Assert.Equal((sequence.Value, 1000u, TcpState.Established), (record.Sequence, record.SegmentLength, record.From)));
        Assert.Equal((ulong)again.Count * 1000, told.Client.Life!.Tail.BytesRetransmitted);
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_peer_that_answers_no_probe_is_dead_to_keep_alive(IpFamily family)
    {
        using TraceScene scene = new(family, isLinked: true);
        scene.Connect();
        foreach (PuppetOption option in (PuppetOption[])[PuppetOption.KeepIdle, PuppetOption.KeepIntvl, PuppetOption.KeepCnt, PuppetOption.KeepAlive])
        {
            scene.Client.Set("c", option, 1);
        }

        scene.Link!.Set(Weather.Silence);
        scene.Client.WaitFor("c", TcpState.Closed);

        Told told = scene.Tells(Listening, "CLOSE>SYN_SENT>ESTABLISHED>CLOSE", "LISTEN>SYN_RECV>ESTABLISHED");
        TraceRecord end = told.Client.Last;
        Assert.Equal((TimedOut, "keep-alive unanswered (ETIMEDOUT)", ClosingKind.KeepAliveDied), (end.Errno, end.Reason(), told.Client.Life.Kind()));
        Assert.True(end.Has(TraceMarks.NothingInFlight));
        end.Lasted(TimeSpan.FromSeconds(1.9), scene);
        end.IsOf(scene.Client, "client");
        Assert.Empty(told.Client.Of(TraceKind.Retransmitted));
    }

    [RootFact]
    public void Without_a_free_port_connect_fails_before_a_segment_is_sent()
    {
        using TraceScene scene = new();
        scene.Connect();
        int port = scene.Client.Local("c").Port;
        scene.Namespace.SetSysctl("net.ipv4.ip_local_port_range", $"{port} {port}");
        Assert.Equal("EADDRNOTAVAIL", scene.Client.Try(client => client.Connect("d", client.Remote("c"))));
        scene.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "40000 50000");

        Told told = scene.Tells(Listening, "CLOSE>SYN_SENT>ESTABLISHED", "LISTEN>SYN_RECV>ESTABLISHED", NeverConnected);
        ToldSocket failed = told.Sockets.Last();
        failed.Last.IsBy(scene.Client, "client");
        Assert.Equal((0, "no free local port (EADDRNOTAVAIL)", ClosingKind.NoLocalPort), (failed.Last.LocalPort, failed.Last.Reason(), failed.Life.Kind()));
        Assert.Equal(0u, failed.Life!.Tail.SegmentsSent);
    }

    [RootFact]
    public void A_connect_that_its_process_gives_up_is_told_as_such()
    {
        using TraceScene scene = new(isLinked: true);
        scene.Link!.Set(LinkSide.Right, Weather.Silence);
        scene.Client.BeginConnect("c", new IPEndPoint(scene.ServerAddress, 7));
        TimeSpan waited = Pause();
        scene.Client.Close("c");

        Told told = scene.Tells(NeverConnected);
        told.Client.Last.IsBy(scene.Client, "client");
        told.Client.Last.Lasted(waited, scene);
        Assert.Equal((0, "connect() given up by the process", ClosingKind.ConnectGivenUp), (told.Client.Last.Errno, told.Client.Last.Reason(), told.Client.Life.Kind()));
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_socket_that_calls_its_own_address_connects_to_itself(IpFamily family)
    {
        using TraceScene scene = new(family);
        IPEndPoint self = new(scene.ClientAddress, 5000);
        scene.Client.Connect("c", self, from: self);
        scene.Client.Close("c");

        Told told = scene.Tells("CLOSE>SYN_SENT>SYN_RECV>ESTABLISHED>FIN_WAIT1>CLOSING>TIME_WAIT");
        Assert.Equal(5000, told.Client.First.LocalPort);   // Chosen by bind(), before connect().
        Assert.Equal("connected to itself", told.Client.To(TcpState.SynReceived).Reason());
        Assert.Equal(ClosingKind.Simultaneous, told.Client.Life.Kind());
    }

    [RootFact]
    public void Two_that_call_each_other_at_once_both_go_through_syn_recv()
    {
        using TraceScene scene = new(isLinked: true);
        IPEndPoint left = new(scene.ClientAddress, 5000), right = new(scene.ServerAddress, 6000);
        scene.Link!.Hold(Until.Patience);
        scene.Client.BeginConnect("c", right, from: left);
        scene.Server.BeginConnect("s", left, from: right);
        TimeSpan called = Pause();
        scene.Link.Hold(TimeSpan.Zero);

        Told told = scene.Tells("CLOSE>SYN_SENT>SYN_RECV>ESTABLISHED", "CLOSE>SYN_SENT>SYN_RECV>ESTABLISHED");
        Assert.All(told.Sockets, socket =>
        {
            Assert.Equal("simultaneous open", socket.To(TcpState.SynReceived).Reason());
            socket.To(TcpState.SynReceived).Lasted(called, scene);
            Assert.False(socket.To(TcpState.Established).Has(TraceMarks.Born));
        });
    }

    [RootFact]
    public void A_full_accept_queue_lets_the_handshake_wait_and_the_client_does_not_know()
    {
        using TraceScene scene = new(isLinked: true);
        IPEndPoint at = scene.Listen(backlog: 0);
        scene.FarNamespace.LoadFirewall("""
            add table inet script
            add chain inet script input { type filter hook input priority 0; }
            add rule inet script input tcp sport 5000 tcp flags & (syn | ack) == ack counter drop
            """);
        scene.Client.Connect("late", at, from: new IPEndPoint(scene.ClientAddress, 5000));
        scene.Client.Connect("first", at);
        scene.FarNamespace.LoadFirewall("delete table inet script");

        // The SYN-ACK goes out again after a second; its answer finds the queue full.
        scene.Await(
            told => told.Of(TraceKind.SegmentDropped).Any(record => scene.ReasonOf(in record) == "TCP_LISTEN_OVERFLOW"), "the handshake's last segment must be dropped");
        scene.Server.Accept("first", "l");
        scene.Server.Accept("late", "l");

        Told told = scene.Tells(
            Listening, "CLOSE>SYN_SENT>ESTABLISHED", "CLOSE>SYN_SENT>ESTABLISHED", "LISTEN>SYN_RECV>ESTABLISHED", "LISTEN>SYN_RECV>ESTABLISHED");
        ToldSocket late = told.Sockets.Last();
        Assert.Equal(5000, late.Last.RemotePort);
        Assert.All(told.Of(TraceKind.SegmentDropped).Where(record => scene.ReasonOf(in record) == "TCP_LISTEN_OVERFLOW"), record =>
        {
            Assert.Equal((late.Last.Local, late.Last.Remote), (record.Local, record.Remote));
            Assert.Equal(ControlBits.Ack, record.SegmentBits & ControlBits.Ack);
        });
        TraceRecord[] again = [.. told.Of(TraceKind.SynAckRetransmitted)];
        Assert.True(again.Length >= 1, told.ToString());
        Assert.All(again, record => Assert.Equal((late.Last.Local, late.Last.Remote, TcpState.SynReceived), (record.Local, record.Remote, record.From)));
        Assert.Equal(Enumerable.Range(1, again.Length), again.Select(static record => (int)record.Attempt));
    }
}
