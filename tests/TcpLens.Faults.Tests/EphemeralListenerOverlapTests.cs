using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class EphemeralListenerOverlapTests
{
    [RootFact]
    [Scenario("ephemeral-listener-overlap", "a service on port 50000, which connect() may choose as well", "ephemeral-listener-overlap")]
    public void A_service_port_in_the_range_for_clients_is_noticed()
    {
        using Stage stage = new();
        using Puppet service = new(stage.Namespace);
        service.Listen("l", new IPEndPoint(IPAddress.Parse("10.0.0.1"), 50000));
        stage.Namespace.SetSysctl("net.ipv4.ip_local_reserved_ports", "8080");

        JsonElement finding = stage.Diagnose("500ms").AsAnnounced().Of("ephemeral-listener-overlap");
        Assert.Equal("notice", finding.Text("severity"));
        JsonElement remedy = Assert.Single(finding.Items("remedies"), static remedy => remedy.Items("settings").Length > 0);
        Assert.Equal("8080,50000", remedy.Items("settings")[0].Text("value"));
        Assert.Equal("net.ipv4.ip_local_reserved_ports = 8080", remedy.Text("undo"));

        // The remedy works: the port stays the service's, and may still be named.
        stage.Namespace.SetSysctl("net.ipv4.ip_local_reserved_ports", "8080,50000");
        Assert.Equal("", stage.Diagnose("500ms").Conditions);
    }

    [RootFact]
    [Scenario("ephemeral-listener-overlap", "a client that tries a local port until it meets itself", "ephemeral-listener-overlap")]
    public void A_client_that_is_connected_to_itself_blocks_its_service()
    {
        using Stage stage = new();
        using Puppet client = new(stage.Namespace), service = new(stage.Namespace);
        IPEndPoint at = new(IPAddress.Loopback, 50000);
        stage.Namespace.SetSysctl("net.ipv4.ip_local_port_range", "50000 50001");
        client.Connect("c", at);
        Assert.Equal("EADDRINUSE", service.Try(puppet => puppet.Listen("l", at, options: BindOptions.ReuseAddr)));

        JsonElement finding = stage.Diagnose("500ms").AsAnnounced().Of("ephemeral-listener-overlap");
        Assert.Equal("critical", finding.Text("severity"));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"puppet/{client.Pid}");
    }

    [RootFact]
    [Scenario("ephemeral-listener-overlap", "a service that listens on a port of the kernel's choice, and one outside the range")]
    public void A_port_that_the_kernel_gave_is_no_service_port()
    {
        using Stage stage = new();
        using Puppet service = new(stage.Namespace);
        service.Listen("any", new IPEndPoint(IPAddress.Any, 0));
        service.Listen("low", new IPEndPoint(IPAddress.Any, 8080));

        stage.Diagnose("500ms").AsAnnounced();
    }
}
