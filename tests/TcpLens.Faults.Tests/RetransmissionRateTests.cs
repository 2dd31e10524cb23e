using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class RetransmissionRateTests
{
    [RootFact]
    [Scenario("retransmission-rate", "four transfers over a path that loses three per cent", "retransmission-rate")]
    public void Loss_is_found_at_the_sender()
    {
        using PathStage stage = new(new Weather { Delay = TimeSpan.FromMilliseconds(2) });
        stage.Connect(4);
        stage.Link.Set(LinkSide.Right, new Weather { Loss = 0.03, Delay = TimeSpan.FromMilliseconds(2) });
        stage.KeepQueuesShort();
        stage.Stream(4);

        JsonElement finding = stage.DiagnoseNear("3s").AsAnnounced().Of("retransmission-rate");

        Assert.Equal("warning", finding.Text("severity"));
        Assert.Contains("10.77.0.2", finding.GetProperty("culprits").GetRawText(), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("retransmission-rate", "a few losses of a few segments")]
    public void A_few_losses_are_no_finding()
    {
        using PathStage stage = new();
        stage.Connect();
        stage.Link.Set(LinkSide.Right, new Weather { Loss = 0.1 });
        stage.KeepQueuesShort();
        stage.Stream(1, octets: 3000, everyMilliseconds: 100);

        stage.DiagnoseNear("2s").AsAnnounced();
    }
}
