using TcpLens.Protocol;
using TcpLens.Testing;

namespace TcpLens.Stack.Tests;

/// <summary>Half-open connections (RFC 4987), and reopening from TIME-WAIT at a host (RFC 6191).</summary>
public sealed class SynQueueTests
{
    [Fact]
    [Requirement("4987-1")]
    public void There_are_no_more_of_them_than_the_listener_says()
    {
        var pair = new Pair(server: static settings => settings with { Cookies = SynCookies.Never });
        HostListener listener = pair.Listen(80, new() { SynBacklog = 5 });
        Flood(pair, 20);
        Assert.Equal((5, 5), (listener.HalfOpen, pair.Sent.Count));
        Assert.Equal(15, pair.Server.Counters[TcpCounter.TCPReqQFullDrop]);
        pair.Run(TimeSpan.FromSeconds(200));
        Assert.Equal(0, pair.Server.HalfOpen);
    }

    [Fact]
    [Requirement("4987-3", "4987-4")]
    public void When_the_queue_is_full_and_not_before_a_SYN_is_answered_with_a_cookie_that_opens()
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80, new() { SynBacklog = 5 });
        Flood(pair, 5);
        Assert.Equal(0, pair.Server.Counters[TcpCounter.SyncookiesSent]);
        Flood(pair, 1, firstPort: 2000);
        Assert.Equal((1, 5), (pair.Server.Counters[TcpCounter.SyncookiesSent], listener.HalfOpen));

        SeqNum cookie = Forged.Read(pair.Sent[^1].Octets).Sequence;
        byte[] guess = Forged.Segment(Pair.At("10.0.0.7", 2000), Pair.At("10.0.0.2", 80), ControlBits.Ack, 1001, cookie.Value + 2);
        Assert.Equal(DropReason.CookieInvalid, pair.Forge(pair.Server, guess));
        pair.Forge(pair.Server, Forged.Segment(Pair.At("10.0.0.7", 2000), Pair.At("10.0.0.2", 80), ControlBits.Ack, 1001, cookie.Value + 1));
        Assert.True(listener.TryAccept(out HostConnection? connection));
        Assert.Equal((TcpState.Established, 1400), (connection!.State, connection.Status.SendSegmentSize));
    }

    [Fact]
    [Requirement("SHLD-4", "MAY-2", "6191-1", "1122-1")]
    public void A_connection_of_the_same_names_can_begin_while_the_old_one_is_in_TIME_WAIT_and_begins_beyond_it()
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        HostConnection client = pair.Connect(80, from: Pair.At("10.0.0.1", 4000));
        pair.Run(pair.Delay * 4);
        Assert.True(listener.TryAccept(out HostConnection? server));
        server!.Send(new byte[50_000], pair.Now);    // More than the clock of initial numbers advances meanwhile.
        server.Close(pair.Now);
        pair.Run(pair.Delay * 12);
        client.Skip(50_000, pair.Now);
        client.Close(pair.Now);
        pair.Run(pair.Delay * 4);
        Assert.Equal(1, pair.Server.TimeWaits);
        SeqNum last = client.Status.ReceiveNext;
        TcpSegment syn = Forged.Read(pair.Sent[0].Octets);

        pair.Sent.Clear();
        byte[] newer = Forged.Segment(
            client.Local, client.Remote, ControlBits.Syn, 7, options: Forged.SynOptions(1460, timestamp: syn.Options.TimestampValue + 5000));
        Assert.Equal(DropReason.None, pair.Forge(pair.Server, newer));
        TcpSegment answer = Forged.Read(Assert.Single(pair.Sent).Octets);
        Assert.Equal((ControlBits.Syn | ControlBits.Ack, 0), (answer.Bits, pair.Server.TimeWaits));
        Assert.True(answer.Sequence.IsAfter(last));
    }

    [Fact]
    [Requirement("6191-3", "1337-1")]
    public void An_old_SYN_and_a_reset_leave_it_as_it_is()
    {
        var pair = new Pair();
        HostListener listener = pair.Listen(80);
        (HostConnection client, HostConnection server) = pair.Open(listener);
        server.Close(pair.Now);
        pair.Run(pair.Delay * 4);
        client.Close(pair.Now);
        pair.Run(pair.Delay * 4);
        pair.Sent.Clear();
        uint next = client.Status.SendNext.Value;
        pair.Forge(pair.Server, Forged.Segment(client.Local, client.Remote, ControlBits.Rst, next));
        Assert.Empty(pair.Sent);
        pair.Forge(pair.Server, Forged.Segment(client.Local, client.Remote, ControlBits.Syn, next - 5, options: Forged.SynOptions(1460)));
        Assert.Equal(ControlBits.Ack, Forged.Read(Assert.Single(pair.Sent).Octets).Bits);
        Assert.Equal(1, pair.Server.TimeWaits);
    }

    private static void Flood(Pair pair, int count, ushort firstPort = 1000)
    {
        for (int i = 0; i < count; i++)
        {
            pair.Forge(pair.Server, Forged.Segment(
                Pair.At("10.0.0.7", (ushort)(firstPort + i)), Pair.At("10.0.0.2", 80), ControlBits.Syn, options: Forged.SynOptions(1400)));
        }
    }
}
