using System.Net;

namespace TcpLens.Faults.Tests;

public sealed class ResetStormInTests
{
    [RootFact]
    [Scenario("reset-storm-in", "clients that reset the connections they opened", "reset-storm-in")]
    public void Clients_that_reset_are_seen_at_the_server()
    {
        using TwoHosts hosts = new();
        IPEndPoint at = hosts.Listen();
        using Meanwhile traffic = new(() =>
        {
            hosts.Client.ConnectMany("c", 20, at);
            hosts.Server.AcceptMany("s", 20, "l");
            hosts.Client.Reset("c*");
            hosts.Server.Close("s*");
        });

        Diagnosed found = hosts.Here.Diagnose("2s").AsAnnounced();
        Assert.Equal("warning", found.Of("reset-storm-in").Text("severity"));
    }

    [RootFact]
    [Scenario("reset-storm-in", "programs here that reset their own connections: the same counter, another culprit", "reset-storm-out")]
    public void Our_own_aborts_are_not_taken_for_those_of_peers()
    {
        using TwoHosts hosts = new();
        IPEndPoint at = hosts.Listen();
        using Meanwhile traffic = new(() =>
        {
            hosts.Client.ConnectMany("c", 20, at);
            hosts.Server.AcceptMany("s", 20, "l");
            hosts.Server.Reset("s*");
            hosts.Client.Close("c*");
        });

        Diagnosed found = hosts.Here.Diagnose("2s").AsAnnounced();
        Assert.Contains("SO_LINGER", found.Of("reset-storm-out").Text("summary"), StringComparison.Ordinal);
    }
}
