using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class CloseWaitLeakTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");

    [RootFact]
    [Scenario("close-wait-leak", "sixty connections closed by their clients and not by the program", "close-wait-leak")]
    public void A_program_that_forgets_to_close_is_named_with_its_share_of_descriptors()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        Connect(server, client, 60);
        server.LimitDescriptors(200);
        client.Close("c*");
        stage.WaitForSockets(60, "state close-wait");
        server.ReceiveNow("s0", 10);

        JsonElement finding = stage.Diagnose("2s", patience: 0.02).AsAnnounced().Of("close-wait-leak");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Equal($"puppet/{server.Pid}", finding.Text("subject"));
        Assert.Contains(finding.Items("evidence"), static fact => fact.Text("text")!.StartsWith("59 with the peer's FIN unread (nobody reads), 1 read to the end", StringComparison.Ordinal));
    }

    [RootFact]
    [Scenario("close-wait-leak", "sixty connections closed by their clients a moment ago")]
    public void A_program_is_given_time_to_close()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        Connect(server, client, 60);
        client.Close("c*");
        stage.WaitForSockets(60, "state close-wait");

        stage.Diagnose("500ms").AsAnnounced();
    }

    [RootFact]
    [Scenario("close-wait-leak", "clients that said all they had to say and still read the answer")]
    public void An_answer_after_the_end_of_the_request_is_no_leak()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        Connect(server, client, 8);
        client.Shutdown("c*", SocketShutdown.Send);
        stage.WaitForSockets(8, "state close-wait");
        for (int i = 0; i < 8; i++)
        {
            client.Drain($"c{i}");
            server.Trickle($"s{i}", 100, TimeSpan.FromMilliseconds(100));
        }

        stage.Diagnose("2s", patience: 0.02).AsAnnounced();
    }

    private static void Connect(Puppet server, Puppet client, int count)
    {
        server.Listen("l", Service, backlog: 100);
        client.ConnectMany("c", count, Service);
        server.AcceptMany("s", count, "l");
    }
}
