using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class ThroughputLimiterTests
{
    private static readonly Weather Distant = new() { Delay = TimeSpan.FromMilliseconds(5) };

    [RootFact]
    [Scenario("throughput-limiter", "a receiver with a fixed small buffer, ten milliseconds away", "throughput-limiter")]
    public void A_small_receive_window_is_named_as_the_limit()
    {
        using PathStage stage = new(Distant);
        stage.Connect(receiveBuffer: 16_384);
        stage.Stream(1);

        JsonElement finding = stage.DiagnoseNear("6s").AsAnnounced().Of("throughput-limiter");

        Assert.Equal($"throughput-limiter@near/{stage.Near.Pid}:receive-window", finding.Text("id"));
        Assert.Equal("notice", finding.Text("severity"));
    }

    [RootFact]
    [Scenario("throughput-limiter", "a sender with a fixed small buffer, ten milliseconds from its peer", "throughput-limiter")]
    public void A_small_send_buffer_is_named_as_the_limit()
    {
        using PathStage stage = new(Distant);
        stage.Connect();
        stage.Near.Set("c0", PuppetOption.SndBuf, 16_384);
        stage.Far.Drain("s0");

        // It blocks whenever the buffer is full, which is nearly always.
        using Meanwhile transfer = new(() => stage.Near.Send("c0", 200_000));

        JsonElement finding = stage.DiagnoseNear("6s").AsAnnounced().Of("throughput-limiter");

        Assert.Equal($"throughput-limiter@near/{stage.Near.Pid}:send-buffer", finding.Text("id"));
    }

    [RootFact]
    [Scenario("throughput-limiter", "a program that has only so much to send")]
    public void A_program_with_little_to_send_is_limited_by_nothing_in_tcp()
    {
        using PathStage stage = new(Distant);
        stage.Connect();
        stage.Stream(1, octets: 30_000, everyMilliseconds: 50);

        stage.DiagnoseNear("6s").AsAnnounced();
    }
}
