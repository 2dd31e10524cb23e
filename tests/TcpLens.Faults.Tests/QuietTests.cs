using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TcpLens.Protocol;

namespace TcpLens.Faults.Tests;

/// <summary>No false alarm on machines on which nothing is wrong.</summary>
public sealed class QuietTests
{
    private static readonly IPEndPoint At = new(IPAddress.Loopback, 7000);

    [RootFact]
    [Scenario("-", "an empty namespace")]
    public void An_empty_namespace_is_healthy()
    {
        using Stage stage = new();
        stage.Diagnose().AsAnnounced();
    }

    [RootFact]
    [Scenario("-", "a server with two thousand short connections a second, and ten thousand TIME_WAIT sockets and more")]
    public void A_busy_server_is_healthy()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), clients = new(stage.Namespace);
        server.Listen("l", At, backlog: 1024);
        server.Serve("l", closesFirst: true);
        Churn(clients, 4, TimeSpan.FromSeconds(60));
        Until.True(() => TimeWaits(stage.Namespace) > 10_000, "TIME_WAIT sockets must gather", TimeSpan.FromSeconds(50));

        stage.Diagnose("3s").AsAnnounced();
        Assert.Equal(0, clients.Churned().Failed);
    }

    [RootFact]
    [Scenario("-", "a client that opens and closes two thousand connections a second")]
    public void A_busy_client_is_healthy()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", At, backlog: 1024);
        server.Serve("l");
        Churn(client, 4, TimeSpan.FromSeconds(60));
        Until.True(() => client.Churned().Done > 2000, "connections must be made");

        stage.Diagnose("3s").AsAnnounced();
        Assert.Equal(0, client.Churned().Failed);
    }

    [RootFact]
    [Scenario("-", "two hundred connections of a pool that wait for work, with keep-alive on at both ends")]
    public void A_pool_of_idle_connections_is_healthy()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Parse("10.0.0.1"), 7000), backlog: 256);
        client.ConnectMany("c", 200, at);
        server.AcceptMany("s", 200, "l");
        foreach ((Puppet side, string sockets) in new[] { (client, "c*"), (server, "s*") })
        {
            side.Set(sockets, PuppetOption.KeepAlive, 1);
            side.Set(sockets, PuppetOption.KeepIdle, 60);
        }

        client.Send("c*", 100);
        server.ReceiveAll("s*", 100);

        stage.Diagnose("4s", patience: 0.01).AsAnnounced();   // Four seconds stand for seven minutes.
    }

    [RootFact]
    [Scenario("-", "clients that say they have no more to send, and servers that go on answering")]
    public void Half_closed_connections_that_are_in_use_are_healthy()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", At, backlog: 64);
        client.ConnectMany("c", 30, At);
        server.AcceptMany("s", 30, "l");
        client.Send("c*", 100);
        client.Shutdown("c*", SocketShutdown.Send);
        server.ReceiveAll("s*", 101);   // The request, and its end.
        for (int i = 0; i < 30; i++)
        {
            server.Trickle($"s{i}", 100, TimeSpan.FromMilliseconds(50));
            client.Drain($"c{i}");
        }

        server.WaitFor("s0", TcpState.CloseWait);
        client.WaitFor("c0", TcpState.FinWait2);
        stage.Diagnose("3s", patience: 0.02).AsAnnounced();   // Three seconds stand for two minutes and a half.
    }

    [RootFact]
    [Scenario("-", "a large upload that is read as fast as it comes")]
    public void A_fast_transfer_is_healthy()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", At);
        client.Connect("c", At);
        server.Accept("s", "l");
        server.Drain("s");
        client.Trickle("c", 60_000, TimeSpan.FromMilliseconds(1));

        stage.Diagnose("3s").AsAnnounced();
    }

    private static void Churn(Puppet client, int threads, TimeSpan duration)
    {
        for (int i = 0; i < threads; i++)
        {
            client.Churn(At, perSecond: 500, duration);
        }
    }

    private static int TimeWaits(TestNamespace place)
    {
        string[] words = place.Run(static () => File.ReadAllLines("/proc/thread-self/net/sockstat")).First(static line => line.StartsWith("TCP:", StringComparison.Ordinal)).Split(' ');
        return int.Parse(words[Array.IndexOf(words, "tw") + 1], CultureInfo.InvariantCulture);
    }
}
