using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class EphemeralPortExhaustionTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");
    private static readonly IPEndPoint Other = IPEndPoint.Parse("10.0.0.1:7001");

    [RootFact]
    [Scenario("ephemeral-port-exhaustion", "ten local ports, ten connections to one destination", "ephemeral-port-exhaustion")]
    public void A_destination_without_a_free_port_is_named_with_who_holds_them()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "40000 40009");
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service);
        server.Listen("other", Other);
        client.ConnectMany("c", 10, Service);
        server.AcceptMany("s", 10, "l");
        Assert.Equal("EADDRNOTAVAIL", client.Try(its => its.Connect("eleventh", Service)));
        client.Connect("elsewhere", Other);
        server.Accept("s-elsewhere", "other");

        JsonElement finding = stage.Diagnose("500ms").AsAnnounced().Of("ephemeral-port-exhaustion");
        Assert.Equal("critical", finding.Text("severity"));
        Assert.Equal("10.0.0.1:7000", finding.Text("subject"));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"puppet/{client.Pid}" && culprit.Text("detail") == "10 ports");
    }

    [RootFact]
    [Scenario("ephemeral-port-exhaustion", "a third of 1,000 ports taken, and fifty more every second", "ephemeral-port-exhaustion")]
    public void The_end_is_foretold_from_the_growth()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "40000 40999");
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        server.Listen("l", Service, backlog: 1000);
        server.Serve("l");
        client.ConnectMany("c", 300, Service);
        using CancellationTokenSource stop = new();
        Task leak = Task.Run(() =>
        {
            for (int i = 0; i < 120 && !stop.Token.WaitHandle.WaitOne(100); i++)
            {
                client.ConnectMany($"more{i}-", 5, Service);
            }
        });

        JsonElement finding = stage.Diagnose("1s").AsAnnounced().Of("ephemeral-port-exhaustion");
        stop.Cancel();
        leak.Wait();
        Assert.Equal("critical", finding.Text("severity"));
        Assert.Contains("the last is taken in", finding.Text("severity_reason"));
    }

    [RootFact]
    [Scenario("ephemeral-port-exhaustion", "ten local ports, each bound before it was connected, to five destinations", "ephemeral-port-exhaustion")]
    public void Who_binds_before_connecting_takes_ports_from_all_destinations()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "40000 40009");
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        ConnectTwiceToEachOfFive(server, client, from: IPEndPoint.Parse("10.0.0.1:0"));
        Assert.Equal("EADDRINUSE", client.Try(static its => its.Bind("eleventh", IPEndPoint.Parse("10.0.0.1:0"))));

        JsonElement finding = stage.Diagnose("500ms").AsAnnounced().Of("ephemeral-port-exhaustion");
        Assert.Equal("bind-before-connect", finding.Text("subject"));
        Assert.Equal("critical", finding.Text("severity"));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"puppet/{client.Pid}");
    }

    [RootFact]
    [Scenario("ephemeral-port-exhaustion", "ten connections to five destinations that share their local ports")]
    public void Ports_that_destinations_share_do_not_run_out()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "40000 40009");
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        ConnectTwiceToEachOfFive(server, client, from: null);

        stage.Diagnose("500ms").AsAnnounced();
    }

    [RootFact]
    [Scenario("ephemeral-port-exhaustion", "every local port in TIME_WAIT towards a service on loopback")]
    public void Ports_in_time_wait_that_connect_takes_over_are_free()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "40000 40009");
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        IPEndPoint loopback = new(IPAddress.Loopback, 7000);
        TimeWaitVolumeTests.Close(stage, server, client, 10, loopback);
        Until.True(() => client.Try(its => its.Connect("again", loopback)) is null, "a port must be taken over");
        server.Accept("again", "l");

        stage.Diagnose("2s").AsAnnounced();
    }

    private static void ConnectTwiceToEachOfFive(Puppet server, Puppet client, IPEndPoint? from)
    {
        for (int i = 0; i < 5; i++)
        {
            IPEndPoint at = server.Listen($"l{i}", new IPEndPoint(Service.Address, 7000 + i));
            for (int j = 0; j < 2; j++)
            {
                client.Connect($"c{i}{j}", at, from);
                server.Accept($"s{i}{j}", $"l{i}");
            }
        }
    }
}
