using System.Net;
using System.Net.Sockets;
using TcpLens.Diagnosis;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Tracing;

/// <summary>Real connections brought to their ends, and what the kernel's records of them are said to mean.</summary>
public sealed class ReasonsOnThisKernelTests
{
    [RootFact]
    public void An_ordinary_life_gives_no_reason_and_two_ways_to_close()
    {
        using TracedConnection made = new TracedConnection().Connect();
        made.Client.Close("c");
        made.Server.WaitFor("s", TcpState.CloseWait);
        made.Server.Close("s");

        Assert.Equal(ClosingKind.Passive, made.KindAtServer());
        Assert.Contains(made.KindAtClient(), new[] { ClosingKind.Active, ClosingKind.HalfClosed });
        Assert.Empty(made.Remarkable());
    }

    [RootFact]
    public void Unread_data_makes_a_close_a_reset()
    {
        using TracedConnection made = new TracedConnection().Connect();
        made.Client.Send("c", 2);
        made.Server.ReceiveAll("s", 1);
        made.Server.Close("s");

        Assert.Equal("we reset: closed with unread data", made.ReasonAtServer());
        Assert.Equal("reset by peer (ECONNRESET)", made.ReasonAtClient());
        Assert.Equal((ClosingKind.ResetByUs, ClosingKind.ResetByPeer), (made.KindAtServer(), made.KindAtClient()));
    }

    [RootFact]
    public void A_close_without_lingering_is_told_from_one_with_unread_data()
    {
        using TracedConnection made = new TracedConnection().Connect();
        made.Client.Reset("c");

        Assert.Equal("we reset: close() with SO_LINGER 0", made.ReasonAtClient());
        Assert.Equal("reset by peer (ECONNRESET)", made.ReasonAtServer());
    }

    [RootFact]
    public void A_reset_in_CLOSE_WAIT_is_a_broken_pipe()
    {
        using TracedConnection made = new TracedConnection().Connect();
        made.Client.Shutdown("c", SocketShutdown.Send);
        made.Server.WaitFor("s", TcpState.CloseWait);
        made.Client.Reset("c");

        Assert.Equal("reset by peer (EPIPE)", made.ReasonAtServer());
        Assert.Equal("we reset: close() with SO_LINGER 0", made.ReasonAtClient());
    }

    [RootFact]
    public void A_connect_is_refused_where_nobody_listens()
    {
        using var made = new TracedConnection();
        made.Server.Close("l");

        Assert.Equal("ECONNREFUSED", made.Client.Try(client => client.Connect("c", made.At)));
        Assert.Equal("refused (ECONNREFUSED)", made.ReasonAtClient());
        Assert.Equal(ClosingKind.Refused, made.KindAtClient());
    }

    [RootFact]
    public void A_connect_that_nobody_answers_can_be_given_up()
    {
        using var made = new TracedConnection();
        made.Namespace.Deafen(made.At);
        made.Client.BeginConnect("c", made.At);
        made.Client.Close("c");

        Assert.Equal("connect() given up by the process", made.ReasonAtClient());
    }

    [RootFact]
    public void A_connect_without_a_port_to_take_says_so()
    {
        using var made = new TracedConnection();
        made.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "40000 40001");
        made.Client.Connect("a", made.At);
        made.Client.Connect("b", made.At);

        Assert.Equal("EADDRNOTAVAIL", made.Client.Try(client => client.Connect("c", made.At)));
        Assert.Equal("no free local port (EADDRNOTAVAIL)", made.ReasonAtClient());
    }

    [RootFact]
    public void A_connection_in_the_accept_queue_ends_with_its_listener()
    {
        using var made = new TracedConnection();
        made.Client.Connect("c", made.At);
        made.Server.Close("l");

        Assert.Equal("we reset: listener closed before accept()", made.ReasonAtServer());
        Assert.Equal(ClosingKind.NeverAccepted, made.KindAtServer());
    }

    [RootFact]
    public void Silence_is_told_from_a_dead_keep_alive()
    {
        using TracedConnection made = new TracedConnection().Connect();
        IPEndPoint quiet = made.Client.Local("c");
        made.Client.Connect("d", made.At);
        made.Server.Accept("t", "l");
        made.Client.Set("c", PuppetOption.KeepAlive, 1);
        made.Client.Set("c", PuppetOption.KeepIdle, 1);
        made.Client.Set("c", PuppetOption.KeepIntvl, 1);
        made.Client.Set("c", PuppetOption.KeepCnt, 1);
        made.Client.Set("d", PuppetOption.UserTimeout, 300);
        made.Namespace.Deafen(made.At);
        made.Client.Send("d", 1);

        Assert.Equal("timed out: no answer to retransmissions (ETIMEDOUT)", made.ReasonOf(record => record.To == TcpState.Closed && record.RemotePort == made.At.Port && record.LocalPort != quiet.Port));
        Assert.Equal("keep-alive unanswered (ETIMEDOUT)", made.ReasonOf(record => record.To == TcpState.Closed && record.LocalPort == quiet.Port));
    }

    [RootFact]
    public void Who_destroyed_a_connection_is_named()
    {
        using TracedConnection made = new TracedConnection().Connect();
        made.Namespace.Execute("ss", "-K", "state", "established", $"( sport = :{made.At.Port} )").EnsureSuccess();

        Assert.Matches(@"^destroyed by ss/\d+ \(SOCK_DESTROY\)$", made.ReasonAtServer());
        Assert.Equal("reset by peer (ECONNRESET)", made.ReasonAtClient());
    }

    [RootFact]
    public void A_destroyed_listener_closes_twice_and_says_why_once()
    {
        using var made = new TracedConnection();
        made.Namespace.Execute("ss", "-K", "state", "listening", $"( sport = :{made.At.Port} )").EnsureSuccess();

        Assert.Matches(@"^destroyed by ss/\d+ \(SOCK_DESTROY\)$", made.ReasonOf(record => record is { From: TcpState.Closed, To: TcpState.Closed }));
        Assert.Single(made.Remarkable());
    }

    [RootFact]
    public void Data_after_close_takes_the_mini_socket_away()
    {
        using TracedConnection made = new TracedConnection().Connect();
        made.Client.Close("c");
        made.Server.WaitFor("s", TcpState.CloseWait);
        Assert.Equal(ClosingKind.HalfClosed, made.KindAtClient());
        made.Server.Send("s", 1);

        Assert.Equal("reset by peer (EPIPE)", made.ReasonAtServer());
        Until.True(() => made.Remarkable().Contains("FIN_WAIT2 ended early: RST, or data after close()"), "the mini-socket must end");
    }

    [RootFact]
    public void FIN_WAIT_2_can_be_cut_short_and_a_second_close_is_seen()
    {
        using TracedConnection made = new TracedConnection().Connect();
        made.Client.Set("c", PuppetOption.Linger2, -1);
        made.Client.Shutdown("c", SocketShutdown.Send);
        made.Client.WaitFor("c", TcpState.FinWait2);
        made.Client.Close("c");

        Assert.Equal("cut short: data after close(), TCP_LINGER2 below 0, or no room for TIME_WAIT", made.ReasonAtClient());
        Assert.Equal(ClosingKind.FinWait2CutShort, made.KindAtClient());
        Assert.Contains("close() after shutdown()", made.Remarkable());
    }

    [RootFact]
    public void Without_room_for_a_TIME_WAIT_there_is_none()
    {
        using TracedConnection made = new TracedConnection().Connect();
        made.Namespace.SetSysctl("net.ipv4.tcp_max_tw_buckets", "0");
        made.Client.Shutdown("c", SocketShutdown.Send);
        made.Client.WaitFor("c", TcpState.FinWait2);
        made.Server.Close("s");

        Assert.Equal("no room for TIME_WAIT (tcp_max_tw_buckets, memory)", made.ReasonAtClient());
        Assert.Equal(ClosingKind.TimeWaitRefused, made.KindAtClient());
    }

    [RootFact]
    public void A_socket_that_calls_itself_closes_with_itself()
    {
        using var made = new TracedConnection();
        IPEndPoint self = made.Client.Bind("c", new IPEndPoint(IPAddress.Loopback, 0));
        made.Client.Connect("c", self);
        made.Client.Close("c");

        Assert.Equal("connected to itself", made.ReasonOf(record => record is { From: TcpState.SynSent, To: TcpState.SynReceived }));
        Assert.Equal("simultaneous close", made.ReasonOf(record => record.To == TcpState.Closing));
    }
}
