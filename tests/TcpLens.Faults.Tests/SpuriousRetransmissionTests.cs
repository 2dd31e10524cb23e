using System.Text.Json;
using System.Text.RegularExpressions;

namespace TcpLens.Faults.Tests;

public sealed class SpuriousRetransmissionTests
{
    private const int Connections = 24;

    [RootFact]
    [Scenario("spurious-retransmission", "a path that stands still for half a second now and then", "spurious-retransmission")]
    public void What_was_only_late_is_sent_again_for_nothing()
    {
        using PathStage stage = new();
        stage.Connect(Connections);
        stage.Stream(Connections, octets: 3000, everyMilliseconds: 50);

        Task<Diagnosed> doctor = Task.Run(() => stage.DiagnoseNear("5s"));
        while (!doctor.IsCompleted)
        {
            long undone = Undone(stage);
            stage.Link.Hold(TimeSpan.FromMilliseconds(450));
            Until.True(() => doctor.IsCompleted || Undone(stage) >= undone + (Connections / 2), "the spike must be taken for a loss and found out");

            // A spike teaches the senders a longer timeout, and the next one must be longer than that.
            Until.True(() => doctor.IsCompleted || Regex.Count(stage.NearHost.Execute("ss", "-tinHO").Output, " rto:[23]..[ .]", RegexOptions.NonBacktracking) == Connections, "timeouts must become short again");
        }

        JsonElement finding = doctor.Result.AsAnnounced().Of("spurious-retransmission");
        Assert.Contains("10.77.0.2", finding.GetProperty("culprits").GetRawText(), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("spurious-retransmission", "segments that are really lost", "retransmission-rate")]
    public void Real_loss_is_not_spurious()
    {
        using PathStage stage = new(new Weather { Delay = TimeSpan.FromMilliseconds(2) });
        stage.Connect(4);
        stage.Link.Set(LinkSide.Right, new Weather { Loss = 0.03, Delay = TimeSpan.FromMilliseconds(2) });
        stage.Stream(4);

        stage.DiagnoseNear("3s").AsAnnounced();
    }

    private static long Undone(PathStage stage) => KernelCounter.Read(stage.NearHost, "TcpExt", "TCPLossUndo");
}
