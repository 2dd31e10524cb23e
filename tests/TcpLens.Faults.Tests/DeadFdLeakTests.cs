using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class DeadFdLeakTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");

    [RootFact]
    [Scenario("dead-fd-leak", "sixty connections reset by their clients and not closed by the program", "dead-fd-leak")]
    public void Descriptors_of_connections_that_no_table_shows_are_counted()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service, backlog: 100);
        client.ConnectMany("c", 60, Service);
        server.AcceptMany("s", 60, "l");
        client.Reset("c*");
        Until.True(() => stage.Count("state all") == 1, "only the listener must be left in the tables");

        JsonElement finding = stage.Diagnose("500ms").AsAnnounced().Of("dead-fd-leak");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Equal($"puppet/{server.Pid}", finding.Text("subject"));
        Assert.Equal(60, finding.Items("evidence")[0].GetProperty("value").GetDouble());
    }

    [RootFact]
    [Scenario("dead-fd-leak", "sixty sockets that were never connected, beside sixty connections")]
    public void Sockets_that_wait_for_their_use_are_no_leak()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service, backlog: 100);
        client.ConnectMany("c", 60, Service);
        server.AcceptMany("s", 60, "l");
        for (int i = 0; i < 60; i++)
        {
            server.Socket($"idle{i}");
        }

        stage.Diagnose("500ms").AsAnnounced();
    }
}
