using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>Whole lives of connections between two ends of ours.</summary>
public sealed class LifeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Three_segments_open_a_connection()
    {
        Ends ends = Ends.Connected();
        Assert.Equal([ControlBits.Syn, ControlBits.Syn | ControlBits.Ack, ControlBits.Ack], ends.Sent.Select(one => one.Segment.Bits));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1460)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public void Octets_arrive_as_they_were_sent(int length)
    {
        byte[] octets = Octets(length);
        Ends ends = Ends.Connected();
        Assert.Equal(octets, Transfer(ends, octets));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    public void Octets_arrive_though_segments_are_lost(int percent)
    {
        byte[] octets = Octets(300_000);
        uint seed = 12345;
        Ends ends = Ends.Connected();
        ends.Loses = (_, _) => (seed = (seed * 1664525) + 1013904223) % 100 < percent;
        Assert.Equal(octets, Transfer(ends, octets));
    }

    [Fact]
    public void Four_segments_close_it_and_the_first_to_close_waits_two_lifetimes()
    {
        Ends ends = Ends.Connected();
        ends.Client.CloseSending(ends.Now);
        Assert.Equal(TcpState.FinWait1, ends.Client.State);
        ends.Run(Second / 10);
        Assert.Equal((TcpState.FinWait2, TcpState.CloseWait), (ends.Client.State, ends.Server.State));
        ends.Server.CloseSending(ends.Now);
        Assert.Equal(TcpState.LastAck, ends.Server.State);
        ends.Run(Second / 10);
        Assert.Equal((TcpState.TimeWait, TcpState.Closed), (ends.Client.State, ends.Server.State));
        ends.Run(59 * Second);
        Assert.Equal(TcpState.TimeWait, ends.Client.State);
        ends.Run(2 * Second);
        Assert.Equal(TcpState.Closed, ends.Client.State);
        Assert.Equal(Instant.Never, ends.Client.NextTimeout);
    }

    [Fact]
    public void Both_may_close_at_once()
    {
        Ends ends = Ends.Connected();
        ends.Client.CloseSending(ends.Now);
        ends.Server.CloseSending(ends.Now);
        ends.Run(Second / 64);
        Assert.Equal((TcpState.Closing, TcpState.Closing), (ends.Client.State, ends.Server.State));
        ends.Run(Second / 64);
        Assert.Equal((TcpState.TimeWait, TcpState.TimeWait), (ends.Client.State, ends.Server.State));
    }

    [Fact]
    public void Both_may_open_at_once()
    {
        var ends = new Ends();
        ends.Client.Connect(ends.Now);
        ends.Server.Connect(ends.Now);
        ends.Run(Second / 64);
        Assert.Equal((TcpState.SynReceived, TcpState.SynReceived), (ends.Client.State, ends.Server.State));
        ends.Run(Second);
        Assert.Equal((TcpState.Established, TcpState.Established), (ends.Client.State, ends.Server.State));
        Assert.Equal(Octets(5000), Transfer(ends, Octets(5000)));
    }

    [Fact]
    public void A_window_that_stays_closed_is_probed_until_it_opens()
    {
        Ends ends = Ends.Connected(server: TcpSettings.Default with { ReceiveBuffer = 10_000 });
        byte[] octets = Octets(40_000);
        Assert.Equal(octets.Length, ends.Client.Send(octets, ends.Now));
        ends.Run(600 * Second);
        Assert.Equal(10_000, ends.Server.Readable);
        Assert.True(ends.ClientCounters[TcpCounter.TCPWinProbe] >= 5);
        Assert.Equal(TcpState.Established, ends.Client.State);
        var received = new List<byte>();
        byte[] buffer = new byte[4000];
        while (received.Count < octets.Length)
        {
            received.AddRange(buffer[..ends.Server.Receive(buffer, ends.Now)]);
            ends.Run(Second);
        }

        Assert.Equal(octets, received);
    }

    [Fact]
    public void An_end_that_nobody_answers_gives_up()
    {
        Ends ends = Ends.Connected();
        ends.Loses = static (_, _) => true;
        ends.Client.Send(Octets(100), ends.Now);
        ends.Run(1200 * Second);
        Assert.Equal((TcpState.Closed, ConnectionError.TimedOut), (ends.Client.State, ends.Client.Error));
        Assert.InRange(ends.Sent.Count(one => one.From == ends.Client && one.Segment.Payload.Length > 0), 16, 17);
    }

    [Fact]
    public void An_abort_is_heard()
    {
        Ends ends = Ends.Connected();
        ends.Client.Abort(ends.Now);
        ends.Run(Second);
        Assert.Equal((TcpState.Closed, ConnectionError.Reset), (ends.Server.State, ends.Server.Error));
    }

    private static byte[] Transfer(Ends ends, byte[] octets)
    {
        var received = new List<byte>();
        byte[] buffer = new byte[64 << 10];
        int sent = 0;
        for (int i = 0; i < 200_000 && received.Count < octets.Length; i++)
        {
            sent += ends.Client.Send(octets.AsSpan(sent), ends.Now);
            ends.Run(TimeSpan.FromMilliseconds(5));
            received.AddRange(buffer[..ends.Server.Receive(buffer, ends.Now)]);
        }

        return [.. received];
    }

    private static byte[] Octets(int length)
    {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++)
        {
            octets[i] = (byte)((i * 31) ^ (i >> 8));
        }

        return octets;
    }
}
