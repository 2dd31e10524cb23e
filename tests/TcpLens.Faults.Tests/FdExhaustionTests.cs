using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class FdExhaustionTests
{
    private static readonly IPEndPoint At = new(IPAddress.Parse("10.0.0.1"), 7000);

    [RootFact]
    [Scenario("fd-exhaustion", "a server that has opened as many files as it may", "fd-exhaustion")]
    public void A_process_at_its_limit_is_named()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace);
        server.Listen("l", At);
        server.LimitDescriptors(40);
        server.OpenFiles(100);

        JsonElement finding = stage.Diagnose("500ms").AsAnnounced().Of("fd-exhaustion");
        Assert.Equal("critical", finding.Text("severity"));
        Assert.Equal($"fd-exhaustion@puppet/{server.Pid}", finding.Text("id"));
        Assert.Contains("of 40 descriptors open", finding.Text("summary"), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("fd-exhaustion", "the same server while clients connect: they wait where nobody can accept them", "fd-exhaustion", "unaccepted-connections")]
    public void Clients_wait_at_a_server_without_descriptors()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", At);
        server.LimitDescriptors(40);
        server.OpenFiles(100);
        Assert.Equal("EMFILE", server.Try(static puppet => puppet.Accept("s", "l")));
        client.ConnectMany("c", 5, At);

        Diagnosed found = stage.Diagnose("2s", patience: 0.5).AsAnnounced();
        JsonElement root = Assert.Single(found.Report.Items("findings"), static finding => finding.Text("condition") == "fd-exhaustion");
        Assert.Contains(root.Items("consequences"), static finding => finding.Text("condition") == "unaccepted-connections");
    }

    [RootFact]
    [Scenario("fd-exhaustion", "a server with half of its descriptors in use")]
    public void Half_of_the_limit_is_nothing()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace);
        server.Listen("l", At);
        server.LimitDescriptors(40);
        server.OpenFiles(15);

        stage.Diagnose("500ms").AsAnnounced();
    }
}
