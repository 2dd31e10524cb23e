using System.Net;
using TcpLens.Protocol;

namespace TcpLens.Faults.Tests;

public sealed class PawsDropsTests
{
    private static readonly IPAddress Address = IPAddress.Parse("10.0.0.1");

    [RootFact]
    [Scenario("paws-drops", "segments of an open connection with timestamps of the past", "paws-drops")]
    public void Segments_with_old_timestamps_are_dropped()
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
            for (int i = 0; i < 50; i++)
            {
                forger.Send(exact with { PayloadLength = 10, Timestamp = exact.Timestamp - 100_000 });
            }

            Thread.Sleep(2);   // Some thousands a second are enough.
        });

        Diagnosed found = stage.Diagnose("2s").AsAnnounced();
        Assert.Equal("notice", found.Of("paws-drops").Text("severity"));
    }

    [RootFact]
    [Scenario("paws-drops", "SYNs from behind one address whose clocks differ, meeting TIME_WAIT at the server", "paws-drops")]
    public void A_SYN_with_an_older_clock_does_not_get_past_TIME_WAIT()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        IPEndPoint at = server.Listen("l", new IPEndPoint(Address, 7000));
        client.ConnectMany("c", 8, at);
        server.AcceptMany("s", 8, "l");
        ForgedSegment[] clients = [.. Enumerable.Range(0, 8).Select(i => ForgedSegment.From(client, $"c{i}"))];
        server.Close("s*");
        client.Close("c*");
        using Forger forger = new(stage.Namespace);

        // The other host behind the address would not reset a connection that it is about to open.
        stage.Namespace.LoadFirewall("""
            add table inet mute
            add chain inet mute output { type filter hook output priority 0; }
            add rule inet mute output tcp flags & rst == rst drop
            """);
        using Meanwhile traffic = new(() =>
        {
            foreach (ForgedSegment segment in clients)
            {
                forger.Send(segment with { Bits = ControlBits.Syn, Acknowledgment = default, Timestamp = segment.Timestamp - 100_000 });
            }

            Thread.Sleep(1000);   // As clients repeat a SYN.
        });

        Diagnosed found = stage.Diagnose("3s").AsAnnounced();
        Assert.Equal("warning", found.Of("paws-drops").Text("severity"));
        Assert.Contains(found.Of("paws-drops").Items("culprits"), culprit => culprit.Text("name") == "10.0.0.1");
    }

    [RootFact]
    [Scenario("paws-drops", "a client that comes back from the same port, through TIME_WAIT at the server, with a clock that goes on")]
    public void A_SYN_with_a_newer_clock_is_welcome()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        IPEndPoint at = server.Listen("l", new IPEndPoint(Address, 7000));
        using Meanwhile traffic = new(() =>
        {
            client.Connect("c", at, new IPEndPoint(Address, 20000));
            server.Accept("s", "l");
            server.Close("s");
            client.WaitFor("c", TcpState.CloseWait);
            client.Close("c");
            Thread.Sleep(10);   // TIME_WAIT tells timestamps apart by the millisecond.
        });

        stage.Diagnose("1s").AsAnnounced();
        Assert.True(traffic.Rounds > 5);
    }
}
