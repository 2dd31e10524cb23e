using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class UnacceptedConnectionsTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");

    [RootFact]
    [Scenario("unaccepted-connections", "clients of a stopped process, which have sent their requests", "unaccepted-connections")]
    public void A_stopped_process_is_seen_behind_its_listener()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service);
        server.Stop();
        client.ConnectMany("c", 3, Service);
        client.Send("c*", 100);

        JsonElement finding = stage.Diagnose("2s").AsAnnounced().Of("unaccepted-connections");
        Assert.Equal("critical", finding.Text("severity"));
        Assert.Equal("the process is stopped by a signal", finding.Text("severity_reason"));
        Assert.Contains(finding.Items("remedies"), remedy => remedy.Text("command") == $"kill -CONT {server.Pid}");
        Assert.Contains(finding.Items("evidence"), static fact => fact.Text("text")!.Contains("300 octets of requests unread"));
    }

    [RootFact]
    [Scenario("unaccepted-connections", "clients that gave up waiting for accept()", "unaccepted-connections")]
    public void Clients_that_gave_up_make_it_critical()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service);
        client.ConnectMany("c", 4, Service);
        client.Close("c*");
        stage.WaitForSockets(4, "state close-wait");

        JsonElement finding = stage.Diagnose("2s").AsAnnounced().Of("unaccepted-connections");
        Assert.Equal("critical", finding.Text("severity"));
        Assert.Contains("4 of 4 clients have given up", finding.Text("severity_reason"));
    }

    [RootFact]
    [Scenario("unaccepted-connections", "connections that a program accepted and says nothing on")]
    public void A_silent_program_is_not_one_that_does_not_accept()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service);
        client.ConnectMany("c", 4, Service);
        server.AcceptMany("s", 4, "l");
        client.Send("c*", 100);

        stage.Diagnose("2s").AsAnnounced();
    }
}
