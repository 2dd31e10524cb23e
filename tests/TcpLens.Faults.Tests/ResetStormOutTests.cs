using System.Net;

namespace TcpLens.Faults.Tests;

public sealed class ResetStormOutTests
{
    [RootFact]
    [Scenario("reset-storm-out", "a server that closes connections without reading what clients sent", "reset-storm-out")]
    public void A_server_that_closes_with_unread_data_resets_its_clients()
    {
        using TwoHosts hosts = new();
        IPEndPoint at = hosts.Listen();
        using Meanwhile traffic = new(() =>
        {
            hosts.Client.ConnectMany("c", 20, at);
            hosts.Server.AcceptMany("s", 20, "l");
            hosts.Client.Send("c*", 100);
            hosts.Server.Close("s*");
            hosts.Client.Close("c*");
        });

        Diagnosed found = hosts.Here.Diagnose("2s").AsAnnounced();
        Assert.Equal("critical", found.Of("reset-storm-out").Text("severity"));
    }

    [RootFact]
    [Scenario("reset-storm-out", "segments of connections that this machine never had, as after a failover", "reset-storm-out")]
    public void Segments_of_unknown_connections_are_answered_by_resets()
    {
        using Stage stage = new();
        using Forger forger = new(stage.Namespace);
        ushort port = 1024;
        using Meanwhile traffic = new(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                forger.Send(new ForgedSegment(new IPEndPoint(Forger.Stranger(7), ++port), new IPEndPoint(IPAddress.Parse("10.0.0.1"), 443)) { PayloadLength = 100 });
            }

            Thread.Sleep(2);   // Some thousands a second are enough.
        });

        Diagnosed found = stage.Diagnose("2s").AsAnnounced();
        Assert.Equal("warning", found.Of("reset-storm-out").Text("severity"));   // It may be a scan.
        Assert.Contains("no socket", found.Of("reset-storm-out").Text("summary"), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("reset-storm-out", "a program whose connects to a closed port of this machine are refused", "connection-refused")]
    public void Refusing_our_own_connects_is_no_storm()
    {
        using Stage stage = new();
        using Puppet client = new(stage.Namespace);
        client.Churn(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 7000), perSecond: 200, TimeSpan.FromSeconds(60));
        Until.True(() => client.Churned().Failed > 0, "a connect must be refused");

        stage.Diagnose("2s").AsAnnounced();
    }
}
