using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class ReuseportImbalanceTests
{
    private static readonly IPEndPoint At = new(IPAddress.Parse("10.0.0.1"), 7000);

    [RootFact]
    [Scenario("reuseport-imbalance", "one of three workers on a port is stopped", "reuseport-imbalance", "unaccepted-connections")]
    public void A_stopped_worker_keeps_its_share_of_clients_waiting()
    {
        using Stage stage = new();
        using Puppet first = new(stage.Namespace), second = new(stage.Namespace), stopped = new(stage.Namespace), client = new(stage.Namespace);
        Listen(backlog: 128, first, second, stopped);
        first.Serve("l");
        second.Serve("l");
        stopped.Stop();
        client.ConnectMany("c", 100, At);

        JsonElement finding = stage.Diagnose("2s", patience: 0.5).AsAnnounced().Of("reuseport-imbalance");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Contains("stopped", finding.Text("severity_reason"), StringComparison.Ordinal);
        Assert.Equal($"puppet/{stopped.Pid}", finding.Items("culprits")[0].Text("name"));
    }

    [RootFact]
    [Scenario("reuseport-imbalance", "one of three workers on a port does not accept, and its queue is full", "reuseport-imbalance", "accept-queue-overflow", "unaccepted-connections")]
    public void A_full_queue_beside_empty_ones_is_the_cause_of_its_overflow()
    {
        using Stage stage = new();
        using Puppet first = new(stage.Namespace), second = new(stage.Namespace), hung = new(stage.Namespace), client = new(stage.Namespace);
        Listen(backlog: 4, first, second, hung);
        first.Serve("l");
        second.Serve("l");
        for (int i = 0; !IsFull(stage.Namespace, limit: 4); i++)
        {
            client.Connect($"c{i}", At);
        }

        Diagnosed found = stage.Diagnose("2s", patience: 0.5).AsAnnounced();
        JsonElement cause = Assert.Single(found.Report.Items("findings"));
        Assert.Equal("reuseport-imbalance", cause.Text("condition"));
        Assert.Equal($"puppet/{hung.Pid}", cause.Items("culprits")[0].Text("name"));
        Assert.Contains("2 of 3 members have room", cause.Text("severity_reason"), StringComparison.Ordinal);
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

    private static void Listen(int backlog, params IReadOnlyList<Puppet> workers)
    {
        foreach (Puppet worker in workers)
        {
            worker.Listen("l", At, backlog, BindOptions.ReusePort);
        }
    }

    /// <summary>A queue holds one more than its limit (net/core, sk_acceptq_is_full).</summary>
    private static bool IsFull(TestNamespace place, int limit)
        => place.Execute("ss", "-Hltn").EnsureSuccess().Lines.Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var length, ..] && length == $"{limit + 1}");
}
