using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class FinWait2PileupTests
{
    private static readonly IPEndPoint Service = IPEndPoint.Parse("10.0.0.1:7000");

    [RootFact]
    [Scenario("fin-wait2-pileup", "110 connections shut down and held, whose peers on the same host do not close", "fin-wait2-pileup", "close-wait-leak")]
    public void Who_does_not_close_at_the_other_end_is_named_as_the_cause()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        Connect(server, client, 110);
        client.Shutdown("c*", SocketShutdown.Send);
        stage.WaitForSockets(110, "state fin-wait-2");

        Diagnosed found = stage.Diagnose("2s", patience: 0.02).AsAnnounced();
        Assert.Equal($"close-wait-leak@puppet/{server.Pid}(fin-wait2-pileup@puppet/{client.Pid})", found.Tree());
        Assert.Contains(found.Of("fin-wait2-pileup").Items("evidence"), fact => fact.Text("text")!.Contains($"puppet/{server.Pid} has 110 of the other ends in CLOSE_WAIT"));
    }

    [RootFact]
    [Scenario("fin-wait2-pileup", "sixty closed connections whose peers do not close, and room for 200", "fin-wait2-pileup", "unsafe-sysctl")]
    public void Without_an_owner_they_take_the_room_of_time_wait()
    {
        using Stage stage = new();
        stage.Namespace.SetSysctl("net.ipv4.tcp_max_tw_buckets", "200");
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        Connect(server, client, 60);
        client.Close("c*");
        stage.WaitForSockets(60, "state fin-wait-2");

        JsonElement finding = stage.Diagnose("500ms").AsAnnounced().Of("fin-wait2-pileup");
        Assert.Equal("notice", finding.Text("severity"));
        Assert.Contains("30 %", finding.Text("severity_reason"));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"puppet/{server.Pid}");
    }

    [RootFact]
    [Scenario("fin-wait2-pileup", "110 connections shut down on which the answer still comes")]
    public void Half_closed_connections_in_use_are_left_alone()
    {
        using Stage stage = new();
        using Puppet server = new(stage.Namespace), client = new(stage.Namespace);
        Connect(server, client, 110);
        client.Shutdown("c*", SocketShutdown.Send);
        stage.WaitForSockets(110, "state fin-wait-2");
        using CancellationTokenSource stop = new();
        Task answers = Task.Run(() =>
        {
            while (!stop.Token.WaitHandle.WaitOne(100))
            {
                server.Send("s*", 110);
            }
        });

        stage.Diagnose("2s", patience: 0.02).AsAnnounced();
        stop.Cancel();
        answers.Wait();
    }

    private static void Connect(Puppet server, Puppet client, int count)
    {
        server.Listen("l", Service, backlog: 200);
        client.ConnectMany("c", count, Service);
        server.AcceptMany("s", count, "l");
    }
}
