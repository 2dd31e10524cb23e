using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class LocalDropTests
{
    private static readonly IPEndPoint At = new(IPAddress.Parse("10.0.0.1"), 7000);

    [RootFact]
    [Scenario("local-drop", "a firewall rule of this machine that drops what it sends itself", "local-drop")]
    public void A_rule_on_the_way_out_makes_retransmissions_fail()
    {
        using Stage stage = new();
        using Puppet client = new(stage.Namespace);
        stage.Namespace.LoadFirewall("""
            add table inet gag
            add chain inet gag output { type filter hook output priority 0; }
            add rule inet gag output tcp dport 7000 drop
            """);
        for (int i = 0; i < 4; i++)
        {
            client.BeginConnect($"c{i}", At);
        }

        JsonElement finding = stage.Diagnose("4s").AsAnnounced().Of("local-drop");
        Assert.Equal("local-drop@output", finding.Text("id"));
        Assert.Equal("warning", finding.Text("severity"));
    }

    [RootFact]
    [Scenario("local-drop", "the same rule on the way in: what was sent has left")]
    public void A_rule_on_the_way_in_does_not()
    {
        using Stage stage = new();
        using Puppet client = new(stage.Namespace);
        stage.Namespace.Deafen(At);
        for (int i = 0; i < 4; i++)
        {
            client.BeginConnect($"c{i}", At);
        }

        stage.Diagnose("4s").AsAnnounced();
    }
}
