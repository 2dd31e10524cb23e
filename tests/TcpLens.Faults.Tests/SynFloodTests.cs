using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class SynFloodTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");

    [RootFact]
    [Scenario("syn-flood", "200 forged SYNs a second, and a backlog of 16", "syn-flood", "syn-recv-pileup")]
    public void Cookies_that_do_not_come_back_are_an_attack()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace);
        using Forger forger = new(stage.Namespace);
        server.Listen("l", Service, backlog: 16);
        forger.Flood(Service, 3000, perSecond: 200);
        stage.WaitForSockets(17, "state syn-recv");

        Diagnosed found = stage.Diagnose("1s").AsAnnounced();
        Assert.Equal("syn-flood@10.0.0.1:7000(syn-recv-pileup@10.0.0.1:7000)", found.Tree());
        Assert.Contains("hardly any came back", found.Of("syn-flood").Text("summary"));
    }

    [RootFact]
    [Scenario("syn-flood", "two hundred honest clients a second, 700 ms away, and a backlog of 16", "syn-flood", "syn-recv-pileup")]
    public void Cookies_that_come_back_are_load_that_meets_a_small_backlog()
    {
        using Stage stage = new();
        using TestNamespace far = new();
        using WeatherLink link = new(stage.Namespace, far);
        link.Set(new Weather { Delay = TimeSpan.FromMilliseconds(350) });
        using Puppet server = new(stage.Namespace), client = new(far);
        IPEndPoint at = server.Listen("l", new IPEndPoint(link.LeftAddress, 7000), backlog: 16);
        server.Serve("l");
        using CancellationTokenSource stop = new();
        Task load = Task.Run(() =>
        {
            for (int i = 0; i < 1000 && !stop.Token.WaitHandle.WaitOne(20); i++)
            {
                for (int j = 0; j < 5; j++)
                {
                    client.BeginConnect($"c{i}-{j}", at);
                }
            }
        });
        Until.True(() => stage.Count("state established") >= 60, "clients must arrive");

        JsonElement finding = stage.Diagnose("2s").AsAnnounced().Of("syn-flood");
        stop.Cancel();
        load.Wait();
        Assert.True(finding.Text("summary")!.Contains("load that meets a small backlog"), finding.ToString());
        Assert.Contains(finding.Items("remedies"), static remedy => remedy.Text("text")!.Contains("longer backlog in listen() (now 16)"));
    }

    [RootFact]
    [Scenario("syn-flood", "handshakes dropped because nobody accepts", "accept-queue-overflow", "unaccepted-connections", "syn-sent-pileup")]
    public void A_full_accept_queue_is_no_flood()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service, backlog: 1);
        for (int i = 0; i < 9; i++)
        {
            client.BeginConnect($"c{i}", Service);
        }

        stage.WaitForRepeats(7, 2, "state syn-sent");
        Assert.Equal(
            "unaccepted-connections@10.0.0.1:7000(accept-queue-overflow@10.0.0.1:7000(syn-sent-pileup@10.0.0.1:7000))",
            stage.Diagnose("2s").AsAnnounced().Tree());
    }
}
