using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class StalledReaderTests
{
    [RootFact]
    [Scenario("stalled-reader", "a stopped process that three peers send to", "stalled-reader")]
    public void A_process_that_is_stopped_does_not_read()
    {
        using PathStage stage = new();
        stage.Connect(3, receiveBuffer: 65_536);
        stage.Far.Stop();
        stage.Fill(3);
        stage.WaitNear(3, "timer:\\(persist");

        JsonElement finding = stage.DiagnoseFar("2s", patience: 0.1).AsAnnounced().Of("stalled-reader");

        Assert.Equal("warning", finding.Text("severity"));
        Assert.Equal($"stalled-reader@far/{stage.Far.Pid}", finding.Text("id"));
        Assert.Contains("(it is stopped)", finding.Text("summary"), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("stalled-reader", "a program that reads as fast as it can")]
    public void A_busy_reader_whose_buffer_moves_is_not_stalled()
    {
        using PathStage stage = new();
        stage.Connect(2, receiveBuffer: 16_384);
        stage.KeepQueuesShort();
        stage.Stream(2);

        stage.DiagnoseFar("2s", patience: 0.1).AsAnnounced();
    }
}
