using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class HalfOpenSuspectTests
{
    [RootFact]
    [Scenario("half-open-suspect", "two devices that lost their power again and again, and came back each time", "half-open-suspect")]
    public void Reconnecting_devices_leave_phantoms_beside_their_living_connection()
    {
        using PathStage stage = new();
        stage.FarHost.Execute("ip", "address", "add", "10.77.0.3/24", "dev", stage.Link.Device).EnsureSuccess();
        IPEndPoint at = stage.Near.Listen("l", new IPEndPoint(stage.Link.LeftAddress, 7000));
        foreach (string device in (string[])["10.77.0.2", "10.77.0.3"])
        {
            var from = new IPEndPoint(IPAddress.Parse(device), 0);
            stage.Far.ConnectMany($"old{device}-", 3, at, from);
            stage.Near.AcceptMany($"phantom{device}-", 3, "l");
            stage.Far.Vanish($"old{device}-*");
            stage.Far.Connect($"new{device}", at, from);
            stage.Near.Accept($"living{device}", "l");
            stage.Near.Drain($"living{device}");
            stage.Far.Trickle($"new{device}", 10, TimeSpan.FromMilliseconds(20));
        }

        // 15 min of silence are 4.5 s here, and 90 s of use 0.45 s.
        Diagnosed found = stage.DiagnoseNear("5s", patience: 0.005).AsAnnounced();
        JsonElement finding = found.Of("half-open-suspect");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Equal("half-open-suspect@10.77.0.1:7000", finding.Text("id"));
        Assert.Equal("likely", finding.Text("confidence"));
        Assert.Contains($"near/{stage.Near.Pid}", finding.GetProperty("culprits").GetRawText(), StringComparison.Ordinal);
        Assert.Contains("3 silent, 1 in use", finding.GetProperty("culprits").GetRawText(), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("half-open-suspect", "clients on the same host that died without a word", "half-open-suspect")]
    public void On_one_host_a_missing_other_end_is_proof()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Loopback, 7000));
        client.ConnectMany("c", 4, at);
        server.AcceptMany("s", 4, "l");
        client.Vanish("c*");

        JsonElement finding = stage.Diagnose("3s", patience: 0.002).AsAnnounced().Of("half-open-suspect");

        Assert.Equal("warning", finding.Text("severity"));
        Assert.Equal("sure", finding.Text("confidence"));
    }

    [RootFact]
    [Scenario("half-open-suspect", "one connection whose path was cut hours ago", "half-open-suspect")]
    public void A_connection_silent_for_hours_is_suspected()
    {
        using PathStage stage = new();
        stage.Connect();
        stage.Link.Set(Weather.Silence);

        JsonElement finding = stage.DiagnoseNear("5s", patience: 0.0005).AsAnnounced().Of("half-open-suspect");   // Two hours are 3.6 s.

        Assert.Equal("notice", finding.Text("severity"));
        Assert.Equal("maybe", finding.Text("confidence"));
        Assert.NotNull(finding.Text("confirm_by"));
    }

    [RootFact]
    [Scenario("half-open-suspect", "an idle pool with keep-alive")]
    public void Idle_connections_with_keep_alive_are_no_suspects()
    {
        using PathStage stage = new();
        stage.Connect(4);
        stage.Near.Set("c*", PuppetOption.KeepAlive, 1);
        stage.Near.Set("c*", PuppetOption.KeepIdle, 60);

        stage.DiagnoseNear("4s", patience: 0.0005).AsAnnounced();
    }

    [RootFact]
    [Scenario("half-open-suspect", "an idle pool between two programs of one host")]
    public void Idle_connections_whose_other_end_is_there_are_no_suspects()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Loopback, 7000));
        client.ConnectMany("c", 4, at);
        server.AcceptMany("s", 4, "l");

        stage.Diagnose("4s", patience: 0.0005).AsAnnounced();
    }
}
