using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class OrphanPileupTests
{
    /// <summary>More than the thousand of a notice, and hardly more than the input queue of loopback takes at once (netdev_max_backlog).</summary>
    private const int Many = 1005;

    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");

    [RootFact]
    [Scenario("orphan-pileup", "a thousand connections closed towards a peer that hears nothing any more", "orphan-pileup", "rto-and-tail-loss")]
    public void Closing_towards_nobody_is_named_with_whom_it_waits_for()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        Connect(server, client);
        stage.Namespace.Deafen(Service);
        client.Close("c*");
        stage.WaitForRepeats(Many, 2, "state fin-wait-1");

        JsonElement finding = stage.Diagnose("2s").AsAnnounced().Of("orphan-pileup");
        Assert.Equal("notice", finding.Text("severity"));
        Assert.Equal("1,005 closed connections cannot finish: their peers do not answer", finding.Text("summary"));
        Assert.Contains(finding.Items("culprits"), static culprit => culprit.Text("kind") == "remote" && culprit.Text("name") == "10.0.0.1");
    }

    [RootFact]
    [Scenario("orphan-pileup", "a thousand closed connections that wait for their peers' FIN, acknowledged")]
    public void Orphans_whose_peers_have_answered_are_not_stuck()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.tcp_fin_timeout", "180");
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        Connect(server, client);
        client.Close("c*");
        stage.WaitForSockets(Many, "state fin-wait-2");

        stage.Diagnose("500ms").AsAnnounced();
    }

    private static void Connect(Puppet server, Puppet client)
    {
        server.Listen("l", Service, backlog: 4096);
        client.ConnectMany("c", Many, Service);
        server.AcceptMany("s", Many, "l");
    }
}
