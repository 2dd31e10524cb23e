using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class BufferbloatTests
{
    [RootFact]
    [Scenario("bufferbloat", "two transfers over a slow link with an endless queue", "bufferbloat")]
    public void A_queue_that_only_grows_longer_is_found()
    {
        using PathStage stage = new(new Weather { Rate = 4000, Delay = TimeSpan.FromMilliseconds(5) });
        stage.Connect(2);
        stage.Near.Set("c*", PuppetOption.SndBuf, 100_000);
        stage.Stream(2);
        stage.WaitNear(2, "rtt:[2-9]..\\.");

        JsonElement finding = stage.DiagnoseNear("2s").AsAnnounced().Of("bufferbloat");

        Assert.Contains("10.77.0.2", finding.GetProperty("culprits").GetRawText(), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("bufferbloat", "two transfers over a path that is simply long")]
    public void A_long_path_is_no_long_queue()
    {
        using PathStage stage = new(new Weather { Delay = TimeSpan.FromMilliseconds(125) });
        stage.Connect(2);
        stage.Near.Set("c*", PuppetOption.SndBuf, 100_000);
        stage.Stream(2);
        stage.WaitNear(2, "rtt:2..\\.");

        stage.DiagnoseNear("2s").AsAnnounced();
    }
}
