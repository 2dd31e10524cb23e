using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class MissingKeepaliveTests
{
    [RootFact]
    [Scenario("missing-keepalive", "idle connections to another host without keep-alive", "missing-keepalive")]
    public void Idle_connections_that_nothing_watches_are_found()
    {
        using PathStage stage = new();
        stage.Connect(4);

        JsonElement finding = stage.DiagnoseNear("3s", patience: 0.005).AsAnnounced().Of("missing-keepalive");   // Five minutes are 1.5 s.

        Assert.Equal("notice", finding.Text("severity"));
        Assert.Equal($"missing-keepalive@near/{stage.Near.Pid}", finding.Text("id"));
    }

    [RootFact]
    [Scenario("missing-keepalive", "idle connections with keep-alive every minute")]
    public void Idle_connections_with_keep_alive_are_watched()
    {
        using PathStage stage = new();
        stage.Connect(4);
        stage.Near.Set("c*", PuppetOption.KeepAlive, 1);
        stage.Near.Set("c*", PuppetOption.KeepIdle, 60);

        Diagnosed found = stage.DiagnoseNear("3s", patience: 0.005).AsAnnounced();

        Assert.DoesNotContain(found.Findings, static finding => finding.Text("condition") == "missing-keepalive");
    }

    [RootFact]
    [Scenario("missing-keepalive", "idle connections with keep-alive every two hours, the default")]
    public void Keep_alive_that_comes_too_rarely_is_only_explained()
    {
        using PathStage stage = new();
        stage.Connect(4);
        stage.Near.Set("c*", PuppetOption.KeepAlive, 1);

        Diagnosed found = stage.DiagnoseNear("3s", patience: 0.005).AsAnnounced();

        Assert.Equal("info", found.Of("missing-keepalive").Text("severity"));
    }
}
