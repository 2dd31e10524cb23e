using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class SlowDeadPeerDetectionTests
{
    [RootFact]
    [Scenario("slow-dead-peer-detection", "a request to a peer that has just lost its power", "slow-dead-peer-detection")]
    public void A_request_without_an_answer_waits_for_a_quarter_of_an_hour()
    {
        using PathStage stage = new();
        stage.Connect();
        stage.Far.Vanish("s0");
        stage.Link.Set(Weather.Silence);
        stage.Near.Send("c0", 1000);
        stage.WaitNear(1, "backoff:[4-9]");

        JsonElement finding = stage.DiagnoseNear(patience: 0.1).AsAnnounced().Of("slow-dead-peer-detection");

        Assert.Equal("notice", finding.Text("severity"));
        Assert.Equal($"slow-dead-peer-detection@near/{stage.Near.Pid}", finding.Text("id"));
        Assert.Contains("10.77.0.2", finding.Text("summary"), StringComparison.Ordinal);
        Assert.Contains("gives up after at least 15 min", finding.GetProperty("evidence").GetRawText(), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("slow-dead-peer-detection", "a peer that died while its window was closed", "slow-dead-peer-detection")]
    public void A_peer_that_dies_with_its_window_closed_is_dead_and_not_slow()
    {
        using PathStage stage = new();
        stage.Connect(receiveBuffer: 4096);
        stage.Near.Set("c0", PuppetOption.SndBuf, 200_000);
        stage.Near.Send("c0", 50_000);
        stage.WaitNear(1, "timer:\\(persist");
        stage.Link.Set(Weather.Silence);
        stage.WaitNear(1, "timer:\\(persist,[^,]*,[4-9]");

        stage.DiagnoseNear(patience: 0.1).AsAnnounced();
    }

    [RootFact]
    [Scenario("slow-dead-peer-detection", "an outage of a second that is over")]
    public void An_outage_that_is_over_is_forgotten()
    {
        using PathStage stage = new();
        stage.Connect();
        stage.Link.Set(Weather.Silence);
        stage.Near.Send("c0", 1000);
        stage.WaitNear(1, "backoff:2");
        stage.Link.Set(Weather.Fair);
        Assert.Equal(1000, stage.Far.ReceiveAll("s0", 1000));

        stage.DiagnoseNear(patience: 0.1).AsAnnounced();
    }
}
