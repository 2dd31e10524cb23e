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
        JsonElement finding = Assert.Single(found.Report.Items("findings"));
        Assert.Equal("syn-flood@10.0.0.1:7000", finding.Text("id"));
        Assert.Contains("hardly any came back", finding.Text("summary"));
        Assert.Equal("syn-recv-pileup", Assert.Single(finding.Items("consequences")).Text("condition"));
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
        Diagnosed found = stage.Diagnose("2s").AsAnnounced();
        JsonElement cause = Assert.Single(found.Report.Items("findings"));
        Assert.Equal("unaccepted-connections", cause.Text("condition"));
        JsonElement overflow = Assert.Single(cause.Items("consequences"));
        Assert.Equal("accept-queue-overflow", overflow.Text("condition"));
        Assert.Equal("syn-sent-pileup", Assert.Single(overflow.Items("consequences")).Text("condition"));
    }
}
