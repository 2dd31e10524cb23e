using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class StalledTransmissionTests
{
    [RootFact]
    [Scenario("stalled-transmission", "a path that carries nothing any more, and four programs' requests on it", "stalled-transmission")]
    public void Connections_to_a_host_that_is_gone_are_one_finding()
    {
        using PathStage stage = new();
        stage.Connect(4);
        stage.Link.Set(Weather.Silence);
        stage.Near.Send("c*", 1000);
        stage.WaitNear(4, "backoff:[2-9]");

        JsonElement finding = stage.DiagnoseNear().AsAnnounced().Of("stalled-transmission");

        Assert.Equal("critical", finding.Text("severity"));
        Assert.Equal("stalled-transmission@10.77.0.2", finding.Text("id"));
        Assert.Contains($"near/{stage.Near.Pid}", finding.GetProperty("culprits").GetRawText(), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("stalled-transmission", "four of many connections forgotten by a firewall on the way", "stalled-transmission")]
    public void Where_others_are_answered_it_is_not_the_whole_path()
    {
        using PathStage stage = new();
        stage.Connect(12);
        stage.Far.Vanish("s0");
        stage.Far.Vanish("s1");
        stage.Far.Vanish("s2");
        stage.Far.Vanish("s3");
        stage.FarHost.LoadFirewall("""
            add table inet quiet
            add chain inet quiet output { type filter hook output priority 0; }
            add rule inet quiet output tcp flags rst drop
            """);
        for (int i = 0; i < 4; i++)
        {
            stage.Near.Send($"c{i}", 1000);
        }

        stage.Far.Drain("s5");
        stage.Near.Trickle("c5", 10, TimeSpan.FromMilliseconds(100));
        stage.WaitNear(4, "backoff:[4-9]");

        JsonElement finding = stage.DiagnoseNear().AsAnnounced().Of("stalled-transmission");

        Assert.Equal("warning", finding.Text("severity"));
        Assert.Equal("likely", finding.Text("confidence"));
    }

    [RootFact]
    [Scenario("stalled-transmission", "a silent path, and connections with nothing to send")]
    public void Connections_without_anything_to_send_do_not_stall()
    {
        using PathStage stage = new();
        stage.Connect(4);
        stage.Link.Set(Weather.Silence);

        stage.DiagnoseNear().AsAnnounced();
    }
}
