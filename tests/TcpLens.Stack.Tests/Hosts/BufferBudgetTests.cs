namespace TcpLens.Stack.Tests;

public sealed class BufferBudgetTests
{
    [Fact]
    public void Buffers_that_are_used_up_slow_connections_down_and_stop_none()
    {
        const int connections = 8, octets = 200_000;
        const long limit = 300_000;
        var pair = new Pair(settings => settings with { MaxBuffers = limit }, settings => settings with { MaxBuffers = limit }) { Keeps = false };
        HostListener listener = pair.Listen(80);
        var ends = Enumerable.Range(0, connections).Select(_ => pair.Open(listener)).ToList();
        int[] sent = new int[connections], received = new int[connections];
        byte[] buffer = new byte[octets];
        for (int round = 0; round < 5_000 && received.Sum() < connections * octets; round++)
        {
            for (int i = 0; i < connections; i++)
            {
                sent[i] += ends[i].Client.Send(buffer.AsSpan(0, octets - sent[i]), pair.Now);
            }

            pair.Run(TimeSpan.FromMilliseconds(20));
            if (round % 5 == 4)
            {
                for (int i = 0; i < connections; i++)
                {
                    received[i] += ends[i].Server.Receive(buffer, pair.Now);
                }
            }

            Assert.InRange(ends.Sum(end => end.Client.Core.Memory.Sender.HeldMemory), 0, (2 * limit) + 1_000_000);
        }

        Assert.All(received, count => Assert.Equal(octets, count));
        Assert.True(pair.Client.Counters[TcpCounter.TCPMemoryPressures] > 0);
    }

    [Fact]
    public void What_arrives_beyond_the_limit_is_dropped_and_what_it_acknowledges_counts()
    {
        var pair = new Pair(server: settings => settings with { MaxBuffers = 1 });
        (HostConnection client, HostConnection server) = pair.Open(pair.Listen(80));
        server.Send(new byte[3000], pair.Now);
        client.Send(new byte[20_000], pair.Now);
        pair.Run(TimeSpan.FromMilliseconds(100));
        Assert.Equal(0, server.Status.SendQueue);
        Assert.InRange(server.Readable, 1, 4096);
        Assert.True(pair.Server.Counters[TcpCounter.TCPRcvQDrop] > 0);
        Assert.True(pair.Server.Counters[DropReason.HostLimit] > 0);

        byte[] into = new byte[20_000];
        int taken = 0;
        for (int round = 0; round < 100; round++)
        {
            taken += server.Receive(into, pair.Now);
            pair.Run(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(20_000, taken);
    }
}
