using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class SynSentPileupTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");
    private static readonly IPEndPoint Other = IPEndPoint.Parse("10.0.0.1:7001");

    [RootFact]
    [Scenario("syn-sent-pileup", "six connections to a port behind a firewall that drops", "syn-sent-pileup")]
    public void Connections_without_an_answer_are_named_with_their_destination()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("other", Other);
        client.Connect("c", Other);
        server.Accept("s", "other");
        Unanswered(stage, client, 6);

        JsonElement finding = stage.Diagnose("500ms").AsAnnounced().Of("syn-sent-pileup");
        Assert.Equal("notice", finding.Text("severity"));
        Assert.Equal("10.0.0.1:7000", finding.Text("subject"));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"puppet/{client.Pid}" && culprit.Text("detail") == "6 connections");
    }

    [RootFact]
    [Scenario("syn-sent-pileup", "a program all of whose connections are dropped by its own host on the way out", "syn-sent-pileup", "local-drop")]
    public void A_host_that_drops_its_own_SYNs_is_told_from_the_network()
    {
        using Stage stage = new();
        stage.Namespace.LoadFirewall("""
            add table inet own
            add chain inet own output { type filter hook output priority 0; }
            add rule inet own output tcp dport 7000 drop
            """);
        using Puppet client = new(stage.Namespace);
        for (int i = 0; i < 6; i++)
        {
            client.BeginConnect($"c{i}", Service);
        }

        stage.WaitForRepeats(6, 2, "state syn-sent");

        JsonElement finding = stage.Diagnose("2s").AsAnnounced().Of("syn-sent-pileup");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Contains("this host drops its own SYNs", finding.Text("summary"));
    }

    [RootFact]
    [Scenario("syn-sent-pileup", "three connections without an answer, as happens")]
    public void A_few_are_explained_and_no_fault()
    {
        using Stage stage = new();
        using Puppet client = new(stage.Namespace);
        Unanswered(stage, client, 3);

        Assert.Equal("info", stage.Diagnose("500ms").AsAnnounced().Of("syn-sent-pileup").Text("severity"));
    }

    private static void Unanswered(Stage stage, Puppet client, int count)
    {
        stage.Namespace.Deafen(Service);
        for (int i = 0; i < count; i++)
        {
            client.BeginConnect($"u{i}", Service);
        }

        stage.WaitForRepeats(count, 2, "state syn-sent");
    }
}
