using System.Net;

namespace TcpLens.Faults.Tests;

public sealed class TimeWaitVolumeTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");

    [RootFact]
    [Scenario("time-wait-volume", "140 connections closed here, and room for 200", "time-wait-volume", "unsafe-sysctl")]
    public void More_than_half_of_the_room_is_worth_a_notice()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.tcp_max_tw_buckets", "200");
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        Close(stage, server, client, 140);

        Diagnosed found = stage.Diagnose("500ms").AsAnnounced();
        Assert.Equal("notice", found.Of("time-wait-volume").Text("severity"));
        Assert.Contains("70 %", found.Of("time-wait-volume").Text("severity_reason"));
    }

    [RootFact]
    [Scenario("time-wait-volume", "1,500 connections closed here within a moment")]
    public void A_thousand_and_more_are_explained_and_no_fault()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        Close(stage, server, client, 1500);

        Diagnosed found = stage.Diagnose("500ms").AsAnnounced();
        Assert.Equal("info", found.Of("time-wait-volume").Text("severity"));
        Assert.Contains("opened and closed by this host", found.Of("time-wait-volume").Text("summary"));
    }

    /// <summary>The client closes first, and keeps the TIME_WAITs.</summary>
    internal static void Close(Stage stage, Puppet server, Puppet client, int count, IPEndPoint? at = null)
    {
        at = server.Listen("l", at ?? Service, backlog: 4096);
        client.ConnectMany("c", count, at);
        server.AcceptMany("s", count, "l");
        client.Close("c*");
        stage.WaitForSockets(count, "state close-wait");
        server.Close("s*");
        stage.WaitForSockets(count, "state time-wait");
    }
}
