using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class ConnectionRefusedTests
{
    private static readonly IPEndPoint Closed = new(IPAddress.Parse("10.0.0.1"), 7000);

    [RootFact]
    [Scenario("connection-refused", "a program that connects again and again to a port on which nobody listens", "connection-refused")]
    public void A_port_on_which_nobody_listens_refuses()
    {
        using Stage stage = new();
        using Puppet service = new(stage.Namespace), client = new(stage.Namespace);
        service.Listen("l", new IPEndPoint(IPAddress.Loopback, 7000));   // Not where its client looks for it.
        client.Churn(Closed, perSecond: 200, TimeSpan.FromSeconds(60));
        Until.True(() => client.Churned().Failed > 0, "a connect must be refused");

        JsonElement finding = stage.Diagnose("2s").AsAnnounced().Of("connection-refused");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Contains("by this machine itself", finding.Text("summary"), StringComparison.Ordinal);
        Assert.Contains(finding.Items("evidence"), fact => fact.Text("text")!.Contains($"127.0.0.1:7000 (puppet/{service.Pid})", StringComparison.Ordinal));
    }

    [RootFact]
    [Scenario("connection-refused", "a firewall that rejects connects with an ICMP error", "connection-refused")]
    public void A_firewall_that_rejects_refuses_by_ICMP()
    {
        using TwoHosts hosts = new();
        hosts.There.LoadFirewall("""
            add table inet wall
            add chain inet wall input { type filter hook input priority 0; }
            add rule inet wall input tcp dport 8443 reject with icmpx type admin-prohibited
            """);
        hosts.There.SetSysctl("net.ipv4.icmp_ratelimit", "0");
        hosts.Server.Churn(hosts.Far, perSecond: 200, TimeSpan.FromSeconds(60));
        Until.True(() => hosts.Server.Churned().Failed > 0, "a connect must be refused");

        JsonElement finding = hosts.Here.Diagnose("2s").AsAnnounced().Of("connection-refused");
        Assert.Contains("ICMP", finding.Text("summary"), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("connection-refused", "connects that nobody answers at all")]
    public void Silence_is_no_refusal()
    {
        using Stage stage = new();
        using Puppet client = new(stage.Namespace);
        stage.Namespace.Deafen(Closed);
        for (int i = 0; i < 4; i++)
        {
            client.BeginConnect($"c{i}", Closed);
        }

        stage.Diagnose("2s").AsAnnounced();
    }
}
