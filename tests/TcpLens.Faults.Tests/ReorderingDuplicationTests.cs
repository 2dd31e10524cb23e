namespace TcpLens.Faults.Tests;

public sealed class ReorderingDuplicationTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(3);

    [RootFact]
    [Scenario("reordering-duplication", "a path on which one packet in twenty is overtaken", "reordering-duplication")]
    public void Reordering_is_found_at_the_sender()
    {
        using PathStage stage = Busy(new Weather { Delay = Delay, Reorder = 0.05, ReorderBy = TimeSpan.FromMilliseconds(15) });

        Assert.Equal("reordering-duplication@outgoing", stage.DiagnoseNear("3s").AsAnnounced().Of("reordering-duplication").Text("id"));
    }

    [RootFact]
    [Scenario("reordering-duplication", "a path that doubles one packet in ten, seen by the sender", "reordering-duplication")]
    public void Duplication_is_found_at_the_sender()
    {
        using PathStage stage = Busy(new Weather { Delay = Delay, Duplicate = 0.1 });

        string summary = stage.DiagnoseNear("3s").AsAnnounced().Of("reordering-duplication").Text("summary")!;
        Assert.StartsWith("the network doubles", summary, StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("reordering-duplication", "a path that doubles one packet in ten, seen by the receiver", "reordering-duplication")]
    public void Duplication_is_found_at_the_receiver()
    {
        using PathStage stage = Busy(new Weather { Delay = Delay, Duplicate = 0.1 });

        Assert.Equal("reordering-duplication@incoming", stage.DiagnoseFar("3s").AsAnnounced().Of("reordering-duplication").Text("id"));
    }

    [RootFact]
    [Scenario("reordering-duplication", "the receiving end of a lossy path: segments out of order, and none twice")]
    public void The_wake_of_a_loss_is_no_reordering()
    {
        using PathStage stage = Busy(new Weather { Delay = Delay, Loss = 0.02 });

        stage.DiagnoseFar("3s").AsAnnounced();
    }

    private static PathStage Busy(Weather weather)
    {
        PathStage stage = new(new Weather { Delay = Delay });
        stage.Connect(4);
        stage.Link.Set(LinkSide.Right, weather);
        stage.KeepQueuesShort();
        stage.Stream(4);
        return stage;
    }
}
