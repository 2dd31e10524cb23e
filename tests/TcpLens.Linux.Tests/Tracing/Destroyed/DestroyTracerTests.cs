using System.Net;
using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

public sealed class DestroyTracerTests
{
    [RootTheory]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    public void Both_ends_of_a_connection_tell_what_went_each_way(string address, bool asNobody) => Run(asNobody, ns =>
    {
        using DestroyTracer tracer = TracedLives.Listen(ns);
        using Conversation talk = new(IPAddress.Parse(address));
        talk.ClientSends(1000);
        talk.ServerSends(77);
        talk.ClientSends(1_000_000);

        talk.EndByClient();

        List<TracedLife> lives = tracer.ReadLives(2);
        TracedLife client = Assert.Single(lives, life => life.Record.Remote == talk.Server);
        TracedLife server = Assert.Single(lives, life => life.Record.Remote == talk.Client);
        Assert.Equal((talk.Client, talk.Server), (client.Record.Local, server.Record.Local));
        Assert.Equal((1_001_000ul, 77ul + 1), (client.Tail.BytesAcknowledged, client.Tail.BytesReceived));   // The FIN counts one.
        Assert.Equal((77ul, 1_001_000ul + 1), (server.Tail.BytesAcknowledged, server.Tail.BytesReceived));
        Assert.All(lives, life =>
        {
            Assert.Equal((ns, 1), (life.Record.Namespace, life.Tail.Path.Count));
            Assert.NotEqual((0ul, 0u, 0u), (life.Record.Cookie, life.Record.RttMicroseconds, life.Tail.MinRttMicroseconds));
            Assert.True(life.Tail.HasCounts);
        });
        Assert.Equal(client.Tail.SegmentsSent, server.Tail.SegmentsReceived);
        Assert.Equal(0ul, tracer.Lost);
    });

    [RootFact]
    public void Without_an_octet_of_data_none_was_received() => OwnThread.InNewNamespace(ns =>
    {
        using DestroyTracer tracer = TracedLives.Listen(ns);
        using Conversation talk = new(IPAddress.Loopback);

        talk.EndByClient();

        Assert.All(tracer.ReadLives(2), life => Assert.Equal((0ul, 0ul), (life.Tail.BytesAcknowledged, life.Tail.BytesReceived)));
    });

    [RootFact]
    public void Listeners_and_sockets_that_never_connected_have_no_life() => OwnThread.InNewNamespace(ns =>
    {
        using DestroyTracer tracer = TracedLives.Listen(ns);
        using Conversation talk = new(IPAddress.Loopback);
        TestSockets.Listener().Dispose();
        new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp).Dispose();

        talk.EndByClient();

        Assert.All(tracer.ReadLives(2), life => Assert.NotEqual((0, 0), (life.Record.LocalPort, life.Record.RemotePort)));
    });

    /// <summary>The kernel numbers a socket when first asked to. If it was not until the end, TIME_WAIT gets a number of its own.</summary>
    [RootFact]
    public void A_life_that_was_looked_at_has_the_cookie_of_the_time_wait_that_is_left_of_it() => OwnThread.InNewNamespace(ns =>
    {
        using DestroyTracer tracer = TracedLives.Listen(ns);
        using Conversation talk = new(IPAddress.Loopback);
        tracer.WaitForLook();
        talk.EndByClient();
        TracedLife client = Assert.Single(tracer.ReadLives(2), life => life.Record.Local == talk.Client);

        using SockDiagSocket netlink = SockDiagSocket.Open(ns);
        using DiagWalk walk = new(netlink, new SocketQuery { States = StateSet.Of(TcpState.TimeWait) });
        Assert.True(walk.Read(out SocketEntry left));
        Assert.False(walk.Read(out SocketEntry _));

        Assert.Equal((talk.Client, client.Record.Cookie), (left.Local, left.Cookie));
    });

    [RootFact]
    public void Who_held_it_and_since_when_is_known_of_a_connection_that_was_looked_at() => InTwoProcesses((tracer, server, client, at) =>
    {
        server.Accept("s", "l");
        tracer.WaitForLook();
        long before = MonotonicClock.Now().Nanoseconds;
        client.Close("c");
        server.Close("s");

        List<TracedLife> lives = tracer.ReadLives(2);
        Assert.Equal((client.Pid, "client"), Owner(Assert.Single(lives, life => life.Record.RemotePort == at.Port)));
        Assert.Equal((server.Pid, "server"), Owner(Assert.Single(lives, life => life.Record.LocalPort == at.Port)));
        Assert.All(lives, life =>
        {
            Assert.True(life.Record.Has(TraceMarks.SinceFirstSight));
            Assert.InRange(life.Record.SinceNanoseconds, 1ul, (ulong)before);
            Assert.InRange(life.Record.AtNanoseconds, (ulong)before, ulong.MaxValue);
        });
    });

    [RootFact]
    public void Of_a_connection_that_was_there_before_only_the_beginning_is_unknown() => OwnThread.InNewNamespace(ns =>
    {
        using Conversation talk = new(IPAddress.Loopback);
        using DestroyTracer tracer = TracedLives.Listen(ns);
        tracer.WaitForLook();

        talk.EndByClient();

        Assert.All(tracer.ReadLives(2), life =>
        {
            Assert.Equal((Environment.ProcessId, 0ul), (life.Record.Pid, life.Record.SinceNanoseconds));
            Assert.False(life.Record.Has(TraceMarks.SinceFirstSight));
        });
    });

    [RootFact]
    public void What_the_kernel_wiped_before_the_end_is_told_by_who_saw_it_live_without_counts() => InTwoProcesses((tracer, server, client, at) =>
    {
        server.Accept("s", "l");
        IPEndPoint from = client.Local("c");
        tracer.WaitForLook();
        client.Reset("c");
        server.Close("s");

        TracedLife life = Assert.Single(tracer.ReadLives(2), life => life.Record.RemotePort == at.Port);
        Assert.Equal((from.Port, client.Pid), (life.Record.LocalPort, life.Record.Pid));
        Assert.False(life.Tail.HasCounts);
    });

    [RootFact]
    public void Several_namespaces_are_heard_at_once_and_one_that_is_gone_is_a_blind_spot()
    {
        using TestNamespace first = new();
        using TestNamespace second = new();
        NetworkNamespace gone = new(1) { Path = "/run/netns/tcplens-test-gone", Names = ["gone"] };
        using DestroyTracer tracer = TracedLives.Listen([PlaceOf(first), gone, PlaceOf(second)]);

        first.Run(Converse);
        second.Run(Converse);

        Assert.Equal(2, tracer.ReadLives(4).CountBy(life => life.Record.Namespace).Count());
        Assert.StartsWith("lives in namespace gone", Assert.Single(tracer.UnheardPlaces).ToString(), StringComparison.Ordinal);
        Assert.Contains(tracer.UnheardPlaces[0], tracer.BlindSpots);
        Assert.Contains("2 namespaces", tracer.Description);
    }

    [Fact]
    public void Where_nothing_can_be_heard_it_says_why()
    {
        NetworkNamespace gone = new(1) { Path = "/run/netns/tcplens-test-gone", Names = ["gone"] };

        Assert.Null(DestroyTracer.TryOpen(TracedLives.Wish, [gone], out string? whyGone));
        Assert.Contains("gone since it was found", whyGone);
        Assert.Null(DestroyTracer.TryOpen(TracedLives.Wish with { Topics = TraceTopics.StateChanges }, [gone], out string? whyNot));
        Assert.Contains("whole lives only", whyNot);
    }

    [RootFact]
    public void Afterwards_nothing_of_it_is_left_open() => OwnThread.InNewNamespace(ns =>
    {
        TracedLives.Listen(ns).Dispose();
        GC.Collect();   // What other tests have left behind goes now, and not in the midst of counting.
        GC.WaitForPendingFinalizers();
        int before = Descriptors();
        for (int i = 0; i < 5; i++)
        {
            using DestroyTracer tracer = TracedLives.Listen(ns);
            tracer.WaitForLook();
        }

        Assert.Equal(before, Descriptors());

        static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
    });

    [RootFact]
    public void Joined_with_who_knows_the_path_it_is_one_life_with_exact_octets() => OwnThread.InNewNamespace(ns =>
    {
        TraceList paths = new();
        using JoinedLives joined = new(paths, TracedLives.Listen(ns), MonotonicClock.Now, []);
        using Conversation talk = new(IPAddress.IPv6Loopback);
        talk.ClientSends(1000);
        talk.EndByClient();
        TraceRecord path = new()
        {
            Kind = TraceKind.LifeEnded,
            AtNanoseconds = (ulong)MonotonicClock.Now().Nanoseconds,
            Pid = 812,
            LocalAddress = WireAddress.Of(talk.Server.Address),
            LocalPort = talk.Server.Port,
            RemoteAddress = WireAddress.Of(talk.Client.Address),
            RemotePort = talk.Client.Port,
        };
        LifeTail tail = new() { Path = default(StatePath).Then(TcpState.Established).Then(TcpState.CloseWait).Then(TcpState.LastAck).Then(TcpState.Closed) };
        paths.Add(in path, in tail);

        TracedLife server = Assert.Single(joined.ReadLives(2), life => life.Record.Local == talk.Server);

        Assert.Equal((812, ns, 4, 1000ul), (server.Record.Pid, server.Record.Namespace, server.Tail.Path.Count, server.Tail.BytesReceived));
    });

    private static (int Pid, string Command) Owner(TracedLife life) => (life.Record.Pid, life.Record.Command.ToString());

    private static void Converse()
    {
        using Conversation talk = new(IPAddress.Loopback);
        talk.EndByClient();
    }

    private static NetworkNamespace PlaceOf(TestNamespace ns) => new(ns.Run(NamespaceFinder.OwnNamespace)) { Path = ns.Path, Names = [ns.Name] };

    private static void Run(bool asNobody, Action<uint> test) => OwnThread.InNewNamespace(ns =>
    {
        if (asNobody)
        {
            OwnThread.AsNobody(() => test(ns));
        }
        else
        {
            test(ns);
        }
    });

    /// <summary>A listener "l" in one process, a connection "c" to it from another, after the first look.</summary>
    private static void InTwoProcesses(Action<DestroyTracer, Puppet, Puppet, IPEndPoint> test)
    {
        using TestNamespace ns = new();
        using Puppet server = new(ns);
        using Puppet client = new(ns);
        server.Rename("server");
        client.Rename("client");
        IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Loopback, 0));
        using DestroyTracer tracer = TracedLives.Listen([PlaceOf(ns)]);
        tracer.WaitForLook();
        client.Connect("c", at);
        test(tracer, server, client, at);
    }
}
