using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class ExposedListenerTests
{
    [RootFact]
    [Scenario("exposed-listener", "a program on the port of Redis, on every address", "exposed-listener")]
    public void A_service_that_asks_nobody_who_he_is_should_not_listen_everywhere()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace);
        server.Listen("l", new IPEndPoint(IPAddress.IPv6Any, 6379));

        JsonElement finding = stage.Diagnose("500ms").AsAnnounced().Of("exposed-listener");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Contains(finding.Items("evidence"), static fact => fact.Text("text")!.Contains("takes IPv4 as well", StringComparison.Ordinal));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"puppet/{server.Pid}");
    }

    [RootFact]
    [Scenario("exposed-listener", "databases on loopback, and a web, a mail and a shell server on every address")]
    public void Servers_for_everybody_and_databases_for_oneself_are_right()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace);
        foreach (int port in (ReadOnlySpan<int>)[22, 25, 80, 443, 8080])
        {
            server.Listen($"v4-{port}", new IPEndPoint(IPAddress.Any, port));
            server.Listen($"v6-{port}", new IPEndPoint(IPAddress.IPv6Any, port), options: BindOptions.V6Only);
        }

        server.Listen("redis", new IPEndPoint(IPAddress.Loopback, 6379));
        server.Listen("postgres", new IPEndPoint(IPAddress.IPv6Loopback, 5432));

        stage.Diagnose("500ms").AsAnnounced();
    }
}
