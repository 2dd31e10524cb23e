using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class StuckWriterTests
{
    [RootFact]
    [Scenario("stuck-writer", "a full send buffer to a peer that has just stopped reading", "stuck-writer")]
    public void A_buffer_that_stays_full_names_the_reason()
    {
        using PathStage stage = new();
        stage.Connect(2);
        stage.Fill(2);
        stage.WaitNear(2, "timer:\\(persist");

        JsonElement finding = stage.DiagnoseNear("2s").AsAnnounced().Of("stuck-writer");

        Assert.Equal("notice", finding.Text("severity"));
        Assert.Contains("2 because the peer does not read", finding.Text("summary"), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("stuck-writer", "a full send buffer to a peer that is gone", "slow-dead-peer-detection", "stuck-writer")]
    public void Where_the_peer_is_dead_the_full_buffer_is_the_consequence()
    {
        using PathStage stage = new();
        stage.Connect();
        stage.Link.Set(Weather.Silence);
        stage.Near.SendUntilFull("c0");
        stage.WaitNear(1, "backoff:[4-9]");

        Diagnosed found = stage.DiagnoseNear(patience: 0.1).AsAnnounced();

        JsonElement cause = Assert.Single(found.Report.Items("findings"), static finding => finding.Text("severity") != "info");
        Assert.Equal("slow-dead-peer-detection", cause.Text("condition"));
        Assert.Contains("the peer does not answer", cause.Items("consequences").Single().Text("summary"), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("stuck-writer", "a full send buffer on a path that is slow and moves")]
    public void A_full_buffer_that_moves_is_how_bulk_transfers_look()
    {
        using PathStage stage = new(new Weather { Rate = 20_000 });
        stage.Connect();
        stage.Near.Set("c0", PuppetOption.SndBuf, 50_000);
        stage.Stream(1);
        stage.WaitNear(1, "notsent:[1-9]");

        stage.DiagnoseNear("2s").AsAnnounced();
    }
}
