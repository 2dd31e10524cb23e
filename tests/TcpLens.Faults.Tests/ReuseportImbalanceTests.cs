using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class ReuseportImbalanceTests
{
    private static readonly IPEndPoint At = new(IPAddress.Parse("10.0.0.1"), 7000);

    [RootFact]
    [Scenario("reuseport-imbalance", "one of three workers on a port is stopped, and its queue is nearly full", "reuseport-imbalance", "unaccepted-connections")]
    public void A_hung_worker_keeps_its_share_of_clients_waiting()
    {
        using Stage stage = new();
        using Puppet first = new(stage.Namespace), second = new(stage.Namespace), hung = new(stage.Namespace), client = new(stage.Namespace);
        foreach (Puppet worker in (ReadOnlySpan<Puppet>)[first, second, hung])
        {
            worker.Listen("l", At, backlog: 40, BindOptions.ReusePort);
        }

        first.Serve("l");
        second.Serve("l");
        hung.Stop();
        client.ConnectMany("c", 100, At);

        Diagnosed found = stage.Diagnose("2s", patience: 0.5).AsAnnounced();
        JsonElement finding = found.Of("reuseport-imbalance");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Equal($"puppet/{hung.Pid}", finding.Items("culprits")[0].Text("name"));
    }

    [RootFact]
    [Scenario("reuseport-imbalance", "two programs of different names on one port", "reuseport-imbalance")]
    public void Two_programs_on_one_port_are_noticed()
    {
        using Stage stage = new();
        using Puppet first = new(stage.Namespace), second = new(stage.Namespace);
        first.Rename("new-server");
        second.Rename("old-server");
        first.Listen("l", At, options: BindOptions.ReusePort);
        second.Listen("l", At, options: BindOptions.ReusePort);

        Assert.Equal("notice", stage.Diagnose("500ms").AsAnnounced().Of("reuseport-imbalance").Text("severity"));
    }

    [RootFact]
    [Scenario("reuseport-imbalance", "three workers on a port that all serve")]
    public void Workers_that_all_serve_are_in_balance()
    {
        using Stage stage = new();
        using Puppet first = new(stage.Namespace), second = new(stage.Namespace), third = new(stage.Namespace), client = new(stage.Namespace);
        foreach (Puppet worker in (ReadOnlySpan<Puppet>)[first, second, third])
        {
            worker.Listen("l", At, backlog: 8, BindOptions.ReusePort);
            worker.Serve("l");
        }

        client.Churn(At, perSecond: 500, TimeSpan.FromSeconds(60));
        Until.True(() => client.Churned().Done > 100, "clients must be served");

        stage.Diagnose("2s").AsAnnounced();
        Assert.Equal(0, client.Churned().Failed);
    }
}
