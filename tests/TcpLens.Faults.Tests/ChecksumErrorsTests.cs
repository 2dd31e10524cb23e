namespace TcpLens.Faults.Tests;

public sealed class ChecksumErrorsTests
{
    [RootFact]
    [Scenario("checksum-errors", "a link that flips a bit in one segment of fifty", "checksum-errors")]
    public void Damaged_segments_are_found_at_the_receiver()
    {
        using PathStage stage = Busy(new Weather { Corrupt = 0.02 });

        Assert.Equal("warning", stage.DiagnoseFar("2s").AsAnnounced().Of("checksum-errors").Text("severity"));
    }

    [RootFact]
    [Scenario("checksum-errors", "a link that loses one segment of fifty, seen by the receiver")]
    public void Lost_segments_are_not_damaged_ones()
    {
        using PathStage stage = Busy(new Weather { Loss = 0.02 });

        stage.DiagnoseFar("2s").AsAnnounced();
    }

    private static PathStage Busy(Weather weather)
    {
        PathStage stage = new();
        stage.Connect(2);
        stage.Link.Set(LinkSide.Right, weather);
        stage.KeepQueuesShort();
        stage.Stream(2);
        return stage;
    }
}
