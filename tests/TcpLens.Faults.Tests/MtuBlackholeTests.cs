using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class MtuBlackholeTests
{
    [RootFact]
    [Scenario("mtu-blackhole", "a path that swallows packets of more than 1,200 octets, and answers that need them", "mtu-blackhole")]
    public void Large_answers_hang_while_small_ones_pass()
    {
        using PathStage stage = Narrow(connections: 4);
        Ask(stage, 4);
        stage.Near.Send("c0", 5000);
        stage.Near.Send("c1", 5000);
        stage.Near.Send("c2", 5000);
        stage.Near.Trickle("c3", 100, TimeSpan.FromMilliseconds(50));
        stage.WaitNear(3, "backoff:[3-9]");

        JsonElement finding = stage.DiagnoseNear().AsAnnounced().Of("mtu-blackhole");

        Assert.Equal("warning", finding.Text("severity"));
        Assert.Equal("mtu-blackhole@10.77.0.2", finding.Text("id"));
        Assert.Contains("tracepath", finding.Text("confirm_by"), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("mtu-blackhole", "the same with tcp_mtu_probing: connections hang and go on with small segments", "mtu-blackhole")]
    public void Connections_that_fell_back_to_small_segments_are_told()
    {
        using PathStage stage = Narrow(connections: 2);
        stage.NearHost.SetSysctl("net.ipv4.tcp_mtu_probing", "1");
        Ask(stage, 2);
        stage.Near.Send("c*", 5000);
        stage.WaitNear(2, "mss:1024 .*bytes_acked:[56]...");

        JsonElement finding = stage.DiagnoseNear().AsAnnounced().Of("mtu-blackhole");

        Assert.Equal("notice", finding.Text("severity"));
        Assert.Equal("maybe", finding.Text("confidence"));
    }

    [RootFact]
    [Scenario("mtu-blackhole", "a host that died with a large answer under way", "slow-dead-peer-detection")]
    public void A_dead_host_is_no_black_hole()
    {
        using PathStage stage = new();
        stage.Connect(2);
        Ask(stage, 2);
        stage.Link.Set(Weather.Silence);
        stage.Near.Send("c*", 5000);
        stage.WaitNear(2, "backoff:[4-9]");

        stage.DiagnoseNear(patience: 0.1).AsAnnounced();
    }

    [RootFact]
    [Scenario("mtu-blackhole", "large answers on a path that really has a small MTU")]
    public void A_small_mtu_that_both_ends_know_is_healthy()
    {
        using PathStage stage = new(mtu: 1280);
        stage.Connect(2);
        stage.Link.Set(LinkSide.Right, new Weather { SwallowAbove = 1280 });
        Ask(stage, 2);
        stage.Near.Send("c*", 50_000);
        stage.WaitNear(2, "bytes_acked:5....");

        stage.DiagnoseNear().AsAnnounced();
    }

    private static PathStage Narrow(int connections)
    {
        PathStage stage = new();
        stage.Connect(connections);
        stage.Link.Set(LinkSide.Right, new Weather { SwallowAbove = 1200 });
        return stage;
    }

    /// <summary>Small requests from Far, answered by small answers: so far everything works.</summary>
    private static void Ask(PathStage stage, int count)
    {
        stage.Far.Send("s*", 200);
        stage.Near.Receive("c*", 200);
        stage.Near.Send("c*", 200);
        stage.WaitNear(count, "bytes_acked:20[0-9]");
        for (int i = 0; i < count; i++)
        {
            stage.Far.Drain($"s{i}");
        }
    }
}
