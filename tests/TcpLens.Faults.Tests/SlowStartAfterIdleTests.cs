using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class SlowStartAfterIdleTests
{
    private const int Connections = 12;

    [RootFact]
    [Scenario("slow-start-after-idle", "connections over 40 ms that pause and then send a burst", "slow-start-after-idle")]
    public void Windows_that_fall_back_after_a_pause_are_found()
    {
        using PathStage stage = Idle("cubic");

        JsonElement finding = Burst(stage).AsAnnounced().Of("slow-start-after-idle");

        Assert.Equal("notice", finding.Text("severity"));
        Assert.Equal($"slow-start-after-idle@near/{stage.Near.Pid}", finding.Text("id"));
        Assert.Contains("net.ipv4.tcp_slow_start_after_idle", finding.GetProperty("remedies").GetRawText(), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("slow-start-after-idle", "the same with BBR, which keeps its model over a pause")]
    public void Bbr_does_not_start_again()
    {
        using PathStage stage = Idle("bbr");

        Burst(stage).AsAnnounced();
    }

    /// <summary>Each has sent enough for a window of more than 20 segments, and has paused for longer than its timeout.</summary>
    private static PathStage Idle(string congestionControl)
    {
        PathStage stage = new(new Weather { Delay = TimeSpan.FromMilliseconds(20) });
        stage.Connect(Connections, congestionControl: congestionControl);
        for (int i = 0; i < Connections; i++)
        {
            stage.Far.Drain($"s{i}");
        }

        stage.Near.Send("c*", 150_000);
        stage.WaitNear(Connections, "lastsnd:([5-9]..|....)");
        return stage;
    }

    /// <summary>The doctor takes its first sample within a second or two; the burst begins three seconds from now.</summary>
    private static Diagnosed Burst(PathStage stage)
    {
        Task<Diagnosed> doctor = Task.Run(() => stage.DiagnoseNear("6s"));
        Until.True(() => SocketLine.Of(stage.NearHost).All(static line => SocketLine.LastSent(line) > 4000), "the pause must last");
        stage.Near.Send("c*", 5000);
        return doctor.Result;
    }
}
