using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class ZeroWindowPeerTests
{
    [RootFact]
    [Scenario("zero-window-peer", "a peer that does not read", "zero-window-peer")]
    public void A_peer_that_does_not_read_closes_its_window()
    {
        using PathStage stage = new();
        stage.Connect(2, receiveBuffer: 4096);
        stage.Near.Set("c*", PuppetOption.SndBuf, 200_000);
        stage.Near.Send("c*", 50_000);
        stage.WaitNear(2, "timer:\\(persist");

        JsonElement finding = stage.DiagnoseNear("2s", patience: 0.1).AsAnnounced().Of("zero-window-peer");   // Ten seconds are one.

        Assert.Equal("notice", finding.Text("severity"));
        Assert.Equal($"zero-window-peer@near/{stage.Near.Pid}", finding.Text("id"));
    }

    [RootFact]
    [Scenario("zero-window-peer", "a program that does not read what another on the same host writes", "stalled-reader", "stuck-writer", "zero-window-peer")]
    public void On_one_host_the_reader_is_the_cause_and_the_writer_the_consequence()
    {
        using Stage stage = new();
        using Puppet writer = new(stage.Namespace), reader = new(stage.Namespace);
        writer.Rename("writer");
        reader.Rename("reader");
        IPEndPoint at = writer.Listen("l", new IPEndPoint(IPAddress.Loopback, 7000));
        reader.ConnectMany("r", 3, at);
        writer.AcceptMany("w", 3, "l");
        writer.SendUntilFull("w*");
        Until.True(
            () => SocketLine.Of(stage.Namespace).Count(static line => line.Contains("persist", StringComparison.Ordinal) && SocketLine.LastSent(line) > 500) == 3,
            "windows must be closed, and the last try to fill them must be over");

        Diagnosed found = stage.Diagnose("2s", patience: 0.1).AsAnnounced();

        JsonElement cause = Assert.Single(found.Report.Items("findings"), static finding => finding.Text("severity") != "info");
        Assert.Equal($"stalled-reader@reader/{reader.Pid}", cause.Text("id"));
        JsonElement consequence = cause.Items("consequences").Single();
        Assert.Equal("zero-window-peer@127.0.0.1:7000", consequence.Text("id"));
        Assert.Equal($"stuck-writer@writer/{writer.Pid}", consequence.Items("consequences").Single().Text("id"));
    }

    [RootFact]
    [Scenario("zero-window-peer", "a peer that pauses for a moment")]
    public void A_window_that_has_just_closed_is_no_finding()
    {
        using PathStage stage = new();
        stage.Connect(2, receiveBuffer: 4096);
        stage.Near.Set("c*", PuppetOption.SndBuf, 200_000);
        stage.Near.Send("c*", 50_000);
        stage.WaitNear(2, "timer:\\(persist");

        stage.DiagnoseNear().AsAnnounced();
    }
}
