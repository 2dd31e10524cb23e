using System.Net;
using TcpLens.Protocol;

namespace TcpLens.Faults.Tests;

public sealed class ChallengeAcksTests
{
    private static readonly IPAddress Address = IPAddress.Parse("10.0.0.1");

    [RootFact]
    [Scenario("challenge-acks", "resets that are in the window of a connection and not exact, as a blind attacker sends them", "challenge-acks")]
    public void Resets_that_only_nearly_fit_are_challenged()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        IPEndPoint at = server.Listen("l", new IPEndPoint(Address, 7000));
        client.Connect("c", at);
        server.Accept("s", "l");
        using Forger forger = new(stage.Namespace);
        ForgedSegment exact = ForgedSegment.From(client, "c");
        using Meanwhile traffic = new(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                forger.Send(exact with { Bits = ControlBits.Rst, Sequence = exact.Sequence + 1000 });
            }

            Thread.Sleep(2);   // Some thousands a second are enough.
        });

        Diagnosed found = stage.Diagnose("2s").AsAnnounced();
        Assert.Equal("warning", found.Of("challenge-acks").Text("severity"));
        Assert.Equal(TcpState.Established, server.State("s"));
    }

    [RootFact]
    [Scenario("challenge-acks", "clients that lose their memory and come back from the same ports", "challenge-acks", "reset-storm-in")]
    public void Clients_that_come_back_from_the_same_ports_meet_their_old_connections()
    {
        using TwoHosts hosts = new();
        IPEndPoint at = hosts.Listen();
        (string accepted, string forgotten) = ("odd", "even");
        using Meanwhile traffic = new(() =>
        {
            for (int i = 0; i < 30; i++)
            {
                hosts.Client.BeginConnect($"c{i}", at, new IPEndPoint(IPAddress.Any, 20000 + i));
            }

            (accepted, forgotten) = (forgotten, accepted);
            hosts.Server.AcceptMany(accepted, 30, "l");
            hosts.Client.Vanish("c*");
            hosts.Server.Try(server => server.Close(forgotten + "*"));
        });

        Diagnosed found = hosts.Here.Diagnose("3s").AsAnnounced();
        Assert.Contains("clients that restarted", found.Of("challenge-acks").Text("summary"), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("challenge-acks", "a reset that fits exactly ends its connection, and is not challenged")]
    public void Exact_resets_are_obeyed()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        IPEndPoint at = server.Listen("l", new IPEndPoint(Address, 7000));
        using Forger forger = new(stage.Namespace);
        int ended = 0;
        using Meanwhile traffic = new(() =>
        {
            if (ended++ < 10)
            {
                client.Connect("c", at);
                server.Accept("s", "l");
                forger.Send(ForgedSegment.From(client, "c") with { Bits = ControlBits.Rst });
                server.WaitFor("s", TcpState.Closed);
                client.Vanish("c");
                server.Close("s");
            }

            Thread.Sleep(20);
        });

        stage.Diagnose("1s").AsAnnounced();
    }
}
