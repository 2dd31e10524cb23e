using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class RcvbufPruningTests
{
    [RootFact]
    [Scenario("rcvbuf-pruning", "single octets sent one by one into a small receive buffer that is read now and then", "rcvbuf-pruning")]
    public void Tiny_segments_fill_a_small_buffer_with_overhead()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        IPEndPoint at = server.Listen("l", new IPEndPoint(IPAddress.Loopback, 7000));
        server.Set("l", PuppetOption.RcvBuf, 4096);
        client.Connect("c", at);
        server.Accept("s", "l");
        client.Set("c", PuppetOption.NoDelay, 1);
        client.Trickle("c", 1, TimeSpan.Zero);
        client.Trickle("c", 1, TimeSpan.Zero);
        using Meanwhile reading = new(() =>
        {
            Thread.Sleep(10);   // Now and then: some hundred octets come meanwhile.
            server.Try(static puppet => puppet.ReceiveNow("s", 4096));
        });

        JsonElement finding = stage.Diagnose("2s").AsAnnounced().Of("rcvbuf-pruning");
        Assert.Contains("squeezed", finding.Text("summary"), StringComparison.Ordinal);
    }

    [RootFact]
    [Scenario("rcvbuf-pruning", "the same octets in whole messages")]
    public void Whole_messages_do_not()
    {
        using TwoHosts hosts = new();
        IPEndPoint at = hosts.Listen();
        hosts.Server.Set("l", PuppetOption.RcvBuf, 4096);
        hosts.Client.Connect("c", at);
        hosts.Server.Accept("s", "l");
        using Meanwhile traffic = new(() =>
        {
            hosts.Client.Send("c", 400);
            hosts.Server.ReceiveAll("s", 400);
        });

        hosts.Here.Diagnose("2s").AsAnnounced();
    }
}
