using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class SynRecvPileupTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");

    [RootFact]
    [Scenario("syn-recv-pileup", "twelve SYNs whose senders never answer, and a backlog of 16", "syn-recv-pileup")]
    public void Half_open_connections_are_counted_against_the_backlog()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace);
        using Forger forger = new(stage.Namespace);
        server.Listen("l", Service, backlog: 16);
        forger.Flood(Service, 12);
        stage.WaitForSockets(12, "state syn-recv");

        JsonElement finding = stage.Diagnose("2s").AsAnnounced().Of("syn-recv-pileup");
        Assert.Equal("notice", finding.Text("severity"));
        Assert.Equal("10.0.0.1:7000", finding.Text("subject"));
        Assert.Contains("12 of 17", finding.Text("severity_reason"));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"puppet/{server.Pid}");
    }

    [RootFact]
    [Scenario("syn-recv-pileup", "twelve clients that say nothing to a listener that waits for data (TCP_DEFER_ACCEPT)")]
    public void Clients_that_answered_and_say_nothing_are_no_fault()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service, backlog: 16);
        server.Set("l", PuppetOption.DeferAccept, 30);
        client.ConnectMany("c", 12, Service);
        stage.WaitForSockets(12, "state syn-recv");

        JsonElement finding = stage.Diagnose("2s").AsAnnounced().Of("syn-recv-pileup");
        Assert.Equal("info", finding.Text("severity"));
        Assert.Contains("keeps 12 connections that sent nothing yet", finding.Text("summary"));
    }
}
