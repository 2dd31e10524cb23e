using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class AcceptQueueOverflowTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");
    private static readonly IPEndPoint Other = IPEndPoint.Parse("10.0.0.1:7001");

    [RootFact]
    [Scenario("accept-queue-overflow", "a listener with a queue of one that nobody accepts from, beside one with room", "accept-queue-overflow", "unaccepted-connections")]
    public void The_listener_that_overflows_is_told_from_the_one_that_does_not()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service, backlog: 1);
        server.Listen("other", Other, backlog: 16);
        for (int i = 0; i < 6; i++)
        {
            client.BeginConnect($"c{i}", Service);
        }

        client.Connect("fine", Other);
        server.Accept("s", "other");
        stage.WaitForSockets(4, "state syn-sent");

        Diagnosed found = stage.Diagnose("2s").AsAnnounced();
        JsonElement finding = Assert.Single(found.Findings, static finding => finding.Text("condition") == "accept-queue-overflow");
        Assert.Equal("critical", finding.Text("severity"));
        Assert.Equal("10.0.0.1:7000", finding.Text("subject"));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"puppet/{server.Pid}");
        Assert.Contains(finding.Items("evidence"), static fact => fact.Text("text")!.Contains("of handshakes dropped by this listener"));
    }

    [RootFact]
    [Scenario("accept-queue-overflow", "a queue that is full to its limit and has dropped nothing", "unaccepted-connections")]
    public void A_queue_that_has_room_for_all_does_not_overflow()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service, backlog: 8);
        client.ConnectMany("c", 8, Service);

        stage.Diagnose("2s").AsAnnounced();
    }
}
