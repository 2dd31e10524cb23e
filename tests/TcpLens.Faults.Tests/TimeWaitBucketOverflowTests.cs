using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class TimeWaitBucketOverflowTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");

    [RootFact]
    [Scenario("time-wait-bucket-overflow", "room for five, and eight closed every second", "time-wait-bucket-overflow", "unsafe-sysctl")]
    public void Time_wait_that_is_thrown_away_is_the_consequence_of_a_lowered_limit()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.tcp_max_tw_buckets", "5");
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service);
        server.Serve("l");
        client.Churn(Service, perSecond: 8, TimeSpan.FromSeconds(15));
        Until.True(() => client.Churned().Done >= 8, "connections must come and go");

        Diagnosed found = stage.Diagnose("2s").AsAnnounced();
        Assert.Equal("unsafe-sysctl@net.ipv4.tcp_max_tw_buckets(time-wait-bucket-overflow)", found.Tree());
        JsonElement finding = found.Of("time-wait-bucket-overflow");
        Assert.NotEqual("notice", finding.Text("severity"));
        Assert.Contains(finding.Items("remedies"), static remedy => remedy.Text("undo") == "net.ipv4.tcp_max_tw_buckets = 5");
    }

    [RootFact]
    [Scenario("time-wait-bucket-overflow", "the same connections with the room that Linux gives")]
    public void Time_wait_with_room_is_left_alone()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service);
        server.Serve("l");
        client.Churn(Service, perSecond: 8, TimeSpan.FromSeconds(15));
        Until.True(() => client.Churned().Done >= 8, "connections must come and go");

        stage.Diagnose("1s").AsAnnounced();
    }
}
