using System.Net;
using System.Net.Sockets;
using TcpLens.Protocol;

namespace TcpLens.Testing.Tests;

/// <summary>What a puppet says it did, the kernel and ss must confirm.</summary>
public sealed class PuppetTests : IDisposable
{
    private readonly List<IDisposable> _made = [];
    private TestNamespace? _namespace;

    private TestNamespace Namespace => _namespace ??= new TestNamespace();

    public void Dispose()
    {
        _made.ForEach(made => made.Dispose());
        _namespace?.Dispose();
    }

    [RootTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Octets_travel_between_two_processes_and_ss_names_both(string address)
    {
        (Puppet client, Puppet server) = Connected(address);

        Assert.Equal(100_000, client.Send("c", 100_000));
        Assert.Equal(100_000, server.ReceiveAll("s", 100_000));

        Assert.Equal((client.Local("c"), client.Remote("c")), (server.Remote("s"), server.Local("s")));
        string[] rows = Namespace.Execute("ss", "-tnHpe", "state", "established").Lines;
        Assert.Contains(rows, row => row.Contains($"pid={client.Pid},") && row.Contains($"ino:{client.Inode("c")} "));
        Assert.Contains(rows, row => row.Contains($"pid={server.Pid},") && row.Contains($"ino:{server.Inode("s")} "));
    }

    [RootFact]
    public void A_reset_reaches_the_peer_as_econnreset()
    {
        (Puppet client, Puppet server) = Connected();

        client.Reset("c");

        server.WaitFor("s", TcpState.Closed);
        Assert.Equal("ECONNRESET", server.Try(s => s.Receive("s", 1)));
    }

    [RootFact]
    public void A_closed_end_is_read_as_the_end_of_the_stream_and_leaves_close_wait()
    {
        (Puppet client, Puppet server) = Connected();

        client.Close("c");

        Assert.Equal(0, server.Receive("s", 1));
        Assert.Equal(TcpState.CloseWait, server.State("s"));
    }

    [RootFact]
    public void A_peer_that_vanished_leaves_an_established_connection_that_knows_nothing()
    {
        (Puppet client, Puppet server) = Connected();
        IPEndPoint gone = client.Local("c");

        client.Vanish("c");

        Assert.Equal(TcpState.Established, server.State("s"));
        Assert.Equal("EAGAIN", server.Try(s => s.ReceiveNow("s", 1)));
        Assert.DoesNotContain(Namespace.Execute("ss", "-tanH").Lines, row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3] == gone.ToString());
    }

    [RootFact]
    public void A_shutdown_of_one_direction_leaves_the_other()
    {
        (Puppet client, Puppet server) = Connected();

        client.Shutdown("c", SocketShutdown.Send);

        Assert.Equal(0, server.Receive("s", 1));
        server.Send("s", 5);
        Assert.Equal(5, client.ReceiveAll("c", 5));
        Assert.Equal((TcpState.FinWait2, TcpState.CloseWait), (client.State("c"), server.State("s")));
    }

    [RootFact]
    public void Without_a_free_descriptor_accept_is_refused_with_emfile()
    {
        Puppet server = Make(), client = Make();
        IPEndPoint at = server.Listen("l", Loopback());
        client.Connect("c", at);

        server.LimitDescriptors(12);
        Assert.InRange(server.OpenFiles(100), 1, 9);

        Assert.Equal("EMFILE", server.Try(s => s.Accept("s", "l")));
    }

    [RootFact]
    public void Refusals_have_their_errno_and_leave_no_socket()
    {
        Puppet puppet = Make();
        IPEndPoint taken = puppet.Bind("b", Loopback());

        Assert.Equal("ECONNREFUSED", puppet.Try(p => p.Connect("x", taken)));
        Assert.Equal("EADDRINUSE", puppet.Try(p => p.Listen("x", taken)));
        Assert.Equal("EADDRNOTAVAIL", puppet.Try(p => p.Bind("x", new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0))));
        Assert.Null(puppet.Try(p => p.ListenAgain("b", 3)));
        Assert.Throws<InvalidOperationException>(() => puppet.State("x"));
    }

    [RootFact]
    public void A_connect_that_nobody_answers_does_not_wait()
    {
        Puppet puppet = Make();
        var nobody = new IPEndPoint(IPAddress.Loopback, 9);
        Namespace.Deafen(nobody);

        puppet.BeginConnect("c", nobody);

        Assert.Equal(TcpState.SynSent, puppet.State("c"));
        Assert.Null(puppet.PendingError("c"));
    }

    [RootFact]
    public void A_connect_refused_in_the_background_is_a_pending_error()
    {
        Puppet puppet = Make();
        IPEndPoint taken = puppet.Bind("b", Loopback());

        puppet.BeginConnect("c", taken);

        Assert.Equal("ECONNREFUSED", puppet.PendingError("c"));
    }

    [RootFact]
    public void A_name_with_a_star_stands_for_many()
    {
        Puppet server = Make(), client = Make();
        IPEndPoint at = server.Listen("l", Loopback(), backlog: 200);

        client.ConnectMany("c", 150, at);
        server.AcceptMany("s", 150, "l");

        Assert.Equal(150 * 10, client.Send("c*", 10));
        Assert.Equal(300, Namespace.Execute("ss", "-tnH", "state", "established").Lines.Length);
        Assert.Equal(150, client.Close("c*"));
        Assert.Equal(150 * 10, server.Receive("s*", 10));
        Until.True(() => Namespace.Execute("ss", "-tnH", "state", "close-wait").Lines.Length == 150, "every server end must be in CLOSE_WAIT");
    }

    [RootFact]
    public void A_full_connection_takes_no_more_and_a_drained_one_does()
    {
        (Puppet client, Puppet server) = Connected();

        Assert.True(client.SendUntilFull("c") > 10_000);
        Until.True(() => client.SendUntilFull("c") == 0, "both buffers must fill");
        server.Drain("s");

        Until.True(() => client.SendUntilFull("c") > 0, "a drained connection must take octets again");
    }

    [RootFact]
    public void Options_come_before_listen_and_are_the_kernels()
    {
        Puppet puppet = Make();
        puppet.Socket("l");
        puppet.Set("l", PuppetOption.RcvBuf, 5000);
        puppet.Set("l", PuppetOption.KeepAlive, 1);
        puppet.Set("l", PuppetOption.KeepIdle, 77);
        puppet.Listen("l", Loopback(), options: BindOptions.ReuseAddr | BindOptions.ReusePort);
        Puppet other = Make();
        other.Listen("l", puppet.Local("l"), options: BindOptions.ReuseAddr | BindOptions.ReusePort);
        other.Connect("c", puppet.Local("l"));

        Assert.Contains(Namespace.Execute("ss", "-tlnHm").Lines, row => row.Contains("rb10000,"));
        Assert.All(Enum.GetValues<PuppetOption>(), option =>
        {
            puppet.Socket("o");
            puppet.Set("o", option, 100); // the least segment size is 88
            puppet.Close("o");
        });
    }

    [RootFact]
    public void Served_connections_are_echoed_at_a_rate()
    {
        Puppet server = Make(), client = Make();
        IPEndPoint at = server.Listen("l", Loopback(), backlog: 64);
        server.Serve("l");

        client.Churn(at, perSecond: 200, TimeSpan.FromSeconds(1));
        Until.True(() => !client.Churned().IsRunning, "a churn of one second must end");

        Assert.True(client.Churned() is { Done: > 20, Failed: 0 }, $"{client.Churned()}");
        client.Connect("big", at);
        client.Drain("big");
        Assert.Equal(5_000_000, client.Send("big", 5_000_000));
    }

    [RootFact]
    public void A_server_that_closes_first_keeps_the_time_wait()
    {
        Puppet server = Make(), client = Make();
        IPEndPoint at = server.Listen("l", Loopback());
        server.Serve("l", closesFirst: true);
        client.Connect("c", at);

        client.Send("c", 3);
        Assert.Equal(3, client.ReceiveAll("c", 4));
        client.Close("c");

        string row = Assert.Single(Namespace.Execute("ss", "-tanH", "state", "time-wait").Lines);
        Assert.Equal($"{at}", row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]);
    }

    [RootFact]
    public void A_trickle_goes_on_while_the_puppet_does_other_things()
    {
        (Puppet client, Puppet server) = Connected();

        client.Trickle("c", octets: 7, TimeSpan.FromMilliseconds(10));

        Assert.Equal(70, server.ReceiveAll("s", 70));
        Assert.Equal(TcpState.Established, client.State("c"));
    }

    [RootFact]
    public void A_stopped_puppet_keeps_its_sockets_and_answers_when_it_goes_on()
    {
        (Puppet client, Puppet server) = Connected();

        server.Stop();
        Assert.Equal(4, client.Send("c", 4));
        server.Continue();

        Assert.Equal(4, server.ReceiveAll("s", 4));
    }

    [RootFact]
    public void Sequence_numbers_and_timestamps_are_those_of_the_peer()
    {
        (Puppet client, Puppet server) = Connected();
        (SeqNum before, _) = client.Sequence("c");

        client.Send("c", 1000);
        server.ReceiveAll("s", 1000);

        Assert.Equal(before + 1000, client.Sequence("c").SendNext);
        Assert.Equal(client.Sequence("c"), (server.Sequence("s").ReceiveNext, server.Sequence("s").SendNext));
        uint earlier = client.Timestamp("c");
        Until.True(() => client.Timestamp("c") != earlier, "a timestamp is a clock");
        Assert.InRange(client.Timestamp("c") - earlier, 1u, 100_000u);
    }

    [RootFact]
    public void The_comm_of_a_puppet_can_be_chosen_and_its_death_closes_its_sockets()
    {
        (Puppet client, Puppet server) = Connected();
        client.Rename("forgetful");
        Assert.Equal("forgetful\n", File.ReadAllText($"/proc/{client.Pid}/comm"));

        client.Dispose();

        Assert.Equal(0, server.Receive("s", 1));
    }

    private static IPEndPoint Loopback(string address = "127.0.0.1") => new(IPAddress.Parse(address), 0);

    private Puppet Make()
    {
        var puppet = new Puppet(Namespace);
        _made.Add(puppet);
        return puppet;
    }

    private (Puppet Client, Puppet Server) Connected(string address = "127.0.0.1")
    {
        Puppet server = Make(), client = Make();
        IPEndPoint at = server.Listen("l", Loopback(address));
        client.Connect("c", at);
        server.Accept("s", "l");
        return (client, server);
    }
}
