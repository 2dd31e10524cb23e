using System.Net;
using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.Tests.Tracing.TraceScene;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>What happens to connections between their changes of state.</summary>
public sealed class ScriptedEventsTests
{
    private const string Connected = "CLOSE>SYN_SENT>ESTABLISHED";
    private const string Accepted = "LISTEN>SYN_RECV>ESTABLISHED";

    [RootTheory]
    [InlineData(IpFamily.V4, Everything)]
    [InlineData(IpFamily.V6, TraceTopics.Accepts)]
    public void How_long_a_connection_waited_to_be_accepted_is_told(IpFamily family, TraceTopics topics)
    {
        using TraceScene scene = new(family, topics: topics);
        scene.Client.Connect("c", scene.Listen());
        TimeSpan waited = Pause();
        scene.Server.Accept("s", "l");
        scene.Await(static told => told.Of(TraceKind.Accepted).Any(), "accept() must be told");
        TraceRecord accepted = Assert.Single(scene.Told.Of(TraceKind.Accepted));
        accepted.IsBy(scene.Server, "server");
        accepted.Lasted(waited, scene);
        Assert.Equal((scene.Server.Inode("s"), TcpState.Established, family), (accepted.Inode, accepted.From, accepted.Family));
        Assert.Equal((EndOf(scene.Server.Local("s")), EndOf(scene.Server.Remote("s"))), (accepted.Local, accepted.Remote));
    }

    [RootFact]
    public void A_segment_lost_among_others_is_sent_again_in_recovery()
    {
        using TraceScene scene = new(isLinked: true);
        scene.Link!.Set(new Weather { Delay = TimeSpan.FromMilliseconds(40) });
        scene.Connect();
        scene.Client.Set("c", PuppetOption.NoDelay, 1);
        (SeqNum sequence, _) = scene.Client.Sequence("c");
        scene.Link.Set(LinkSide.Right, Weather.Silence);
        scene.Client.Send("c", 500);
        Until.True(() => scene.Link.Counters(LinkSide.Right).Lost == 1, "the segment must be lost");
        scene.Link.Set(LinkSide.Right, new Weather { Delay = TimeSpan.FromMilliseconds(40) });
        for (int i = 0; i < 6; i++)
        {
            scene.Client.Send("c", 500);
        }

        Assert.Equal(3500, scene.Server.ReceiveAll("s", 3500));
        Told told = scene.Tells(Listening, Connected, Accepted);
        TraceRecord loss = Assert.Single(told.Client.Of(TraceKind.LossDetected));
        TraceRecord again = Assert.Single(told.Client.Of(TraceKind.Retransmitted));
        Assert.Equal((uint)CongestionPhase.Recovery, loss.Reason);
        Assert.Equal((sequence.Value, 500u, 0, CongestionPhase.Recovery), (again.Sequence, again.SegmentLength, again.Attempt, again.Phase));
        again.IsOf(scene.Client, "client");
        Assert.InRange(again.RttMicroseconds, 80_000u, (uint)scene.Elapsed.TotalMicroseconds);
        Assert.Empty(told.Server.Of(TraceKind.Retransmitted));
    }

    [RootFact]
    public void Timeouts_in_a_row_are_numbered()
    {
        using TraceScene scene = new(isLinked: true);
        scene.Connect();
        (SeqNum sequence, _) = scene.Client.Sequence("c");
        scene.Link!.Set(LinkSide.Right, Weather.Silence);
        scene.Client.Send("c", 700);
        scene.Await(static told => told.Client.Of(TraceKind.Retransmitted).Count(static record => record.Phase == CongestionPhase.Loss) >= 3, "three timeouts must come");
        scene.Link.Set(LinkSide.Right, Weather.Fair);
        Assert.Equal(700, scene.Server.ReceiveAll("s", 700));

        Told told = scene.Tells(Listening, Connected, Accepted);
        TraceRecord[] timeouts = [.. told.Client.Of(TraceKind.Retransmitted).Where(static record => record.Phase == CongestionPhase.Loss)];
        Assert.Equal(Enumerable.Range(1, timeouts.Length), timeouts.Select(static record => (int)record.Attempt));
        Assert.All(timeouts, record => Assert.Equal((sequence.Value, 700u), (record.Sequence, record.SegmentLength)));
        Assert.All(timeouts, static record => Assert.False(record.Has(TraceMarks.NothingInFlight)));
        Assert.Equal((uint)CongestionPhase.Loss, told.Client.Of(TraceKind.LossDetected)[0].Reason);
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_SYN_ACK_that_is_lost_is_sent_again(IpFamily family)
    {
        using TraceScene scene = new(family, isLinked: true);
        scene.Link!.Set(LinkSide.Left, Weather.Silence);
        scene.Client.BeginConnect("c", scene.Listen());
        scene.Await(static told => told.Of(TraceKind.SynAckRetransmitted).Any(), "the SYN-ACK must be sent again");
        scene.Link.Set(LinkSide.Left, Weather.Fair);
        scene.Server.Accept("s", "l");

        Told told = scene.Tells(Listening, Connected, Accepted);
        TraceRecord again = told.Of(TraceKind.SynAckRetransmitted).MinBy(static record => record.Attempt);   // The SYN is repeated at the same time.
        Assert.Equal((1, TcpState.SynReceived, family), (again.Attempt, again.From, again.Family));
        Assert.Equal((told.Server.Last.Local, told.Server.Last.Remote, told.Server.Last.Namespace), (again.Local, again.Remote, again.Namespace));
        again.IsOf(scene.Server, "server");
    }

    [RootTheory]
    [InlineData(IpFamily.V4)]
    [InlineData(IpFamily.V6)]
    public void A_segment_that_arrives_damaged_is_told_twice_as_damaged_and_as_dropped(IpFamily family)
    {
        using TraceScene scene = new(family, isLinked: true);
        using Forger forger = new(scene.Namespace);
        scene.Connect();
        ForgedSegment damaged = ForgedSegment.From(scene.Client, "c") with { HasWrongChecksum = true, PayloadLength = 100 };
        forger.Send(damaged);
        scene.Await(static told => told.Of(TraceKind.SegmentDropped).Any(), "the segment must be dropped");

        Told told = scene.Tells(Listening, Connected, Accepted);
        TraceRecord bad = Assert.Single(told.Of(TraceKind.BadChecksum)), dropped = Assert.Single(told.Of(TraceKind.SegmentDropped), NotOfFence);
        Assert.Equal("TCP_CSUM", scene.ReasonOf(in dropped));
        Assert.All([bad, dropped], record =>
        {
            Assert.Equal((told.Server.Last.Local, told.Server.Last.Remote, family, told.Server.Last.Namespace), (record.Local, record.Remote, record.Family, record.Namespace));
            Assert.Equal((damaged.Sequence.Value, 100u, ControlBits.Ack), (record.Sequence, record.SegmentLength, record.SegmentBits));
        });
    }

    [RootTheory]
    [InlineData(IpFamily.V4, "input")]
    [InlineData(IpFamily.V6, "input")]
    [InlineData(IpFamily.V4, "output")]
    [InlineData(IpFamily.V6, "output")]
    public void A_segment_that_the_firewall_drops_is_told_from_the_end_it_was_dropped_at_and_with_its_socket(IpFamily family, string hook)
    {
        using TraceScene scene = new(family, isLinked: true);
        scene.Connect();
        (SeqNum sequence, _) = scene.Client.Sequence("c");
        TestNamespace place = hook == "output" ? scene.Namespace : scene.FarNamespace;
        place.LoadFirewall($$"""
            add table inet script
            add chain inet script at_hook { type filter hook {{hook}} priority 0; }
            add rule inet script at_hook tcp dport {{scene.Client.Remote("c").Port}} drop
            """);
        scene.Client.Send("c", 300);
        scene.Await(static told => told.Of(TraceKind.SegmentDropped).Any(), "the segment must be dropped");
        place.LoadFirewall("delete table inet script");
        Assert.Equal(300, scene.Server.ReceiveAll("s", 300));

        Told told = scene.Tells(Listening, Connected, Accepted);
        ToldSocket end = hook == "output" ? told.Client : told.Server;
        Assert.All(told.Of(TraceKind.SegmentDropped).Where(NotOfFence), record =>
        {
            Assert.Equal(("NETFILTER_DROP", end.Cookie), (scene.ReasonOf(in record), record.Cookie));
            Assert.Equal((end.Last.Local, end.Last.Remote, family, end.Last.Namespace), (record.Local, record.Remote, record.Family, record.Namespace));
            Assert.Equal((sequence.Value, 300u, ControlBits.Ack | ControlBits.Psh), (record.Sequence, record.SegmentLength, record.SegmentBits));
        });
    }

    [RootFact]
    public void A_reset_for_a_connection_that_is_gone_has_addresses_and_no_socket()
    {
        using TraceScene scene = new(isLinked: true);
        scene.Connect();
        Endpoint from = EndOf(scene.Server.Local("s")), to = EndOf(scene.Server.Remote("s"));
        scene.Server.Close("l");
        scene.Server.Vanish("s");
        scene.Client.Send("c", 40);
        scene.Client.WaitFor("c", TcpState.Closed);

        scene.Await(static told => told.Sockets.Any(static socket => socket.Path == "CLOSE>SYN_SENT>ESTABLISHED>CLOSE"), "the client must be reset");
        TraceRecord reset = Assert.Single(scene.Told.Of(TraceKind.ResetSent));
        Assert.Equal((0ul, 0ul, from, to), (reset.Socket, reset.Cookie, reset.Local, reset.Remote));
        Assert.Equal((40u, "NO_SOCKET"), (reset.SegmentLength, scene.ReasonOf(in reset)));
    }

    [RootFact]
    public void An_error_of_the_network_is_left_for_the_application_and_told()
    {
        using TraceScene scene = new();
        scene.Namespace.LoadFirewall("""
            add table inet script
            add chain inet script input { type filter hook input priority 0; }
            add rule inet script input tcp dport 7 reject with icmpx host-unreachable
            """);
        Assert.Equal("EHOSTUNREACH", scene.Client.Try(client => client.Connect("c", new IPEndPoint(scene.ServerAddress, 7))));

        Told told = scene.Tells("CLOSE>SYN_SENT>CLOSE");
        Assert.Equal((113, "unreachable (EHOSTUNREACH)"), (told.Client.Last.Errno, told.Client.Last.Reason()));
        Assert.Equal(113, Assert.Single(told.Client.Of(TraceKind.ErrorReported)).Errno);
    }

    private static bool NotOfFence(TraceRecord record) => record.LocalPort != Told.FencePort;

    private static Endpoint EndOf(IPEndPoint end) => new(HostAddress.From(end.Address), (ushort)end.Port);
}
