using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

public sealed class MemoryTests
{
    [Fact]
    public void Nothing_is_allocated_per_packet_once_a_transfer_runs()
    {
        var loop = new SteadyLoop();
        loop.Transfer(rounds: 300);
        Assert.Equal(0, LeastAllocated(() => loop.Transfer(rounds: 300)));
        Assert.True(loop.Packets > 1000);
    }

    [Fact]
    public void Nothing_is_allocated_for_what_is_dropped_or_refused()
    {
        TcpHost host = Pair.Host(settings => settings with { Cookies = SynCookies.Always }, "10.0.0.2", "2001:db8::2", 2);
        Assert.Equal(HostError.None, host.TryListen(Pair.At("::", 80), ListenOptions.Default, out _));
        byte[][] packets =
        [
            Forged.Segment(Pair.At("10.7.7.7", 5), Pair.At("10.0.0.2", 80), ControlBits.Syn, options: Forged.SynOptions(1460, 7, true, 1)),
            Forged.Segment(Pair.At("10.7.7.7", 5), Pair.At("10.0.0.2", 80), ControlBits.Ack),
            Forged.Segment(Pair.At("10.7.7.7", 5), Pair.At("10.0.0.2", 81), ControlBits.Syn),
            [0x45, 0, 0],
        ];
        byte[] buffer = new byte[2000];
        Flood(host, packets, buffer);
        Assert.Equal(0, LeastAllocated(() => Flood(host, packets, buffer)));
    }

    /// <summary>
    /// Octets that the best of ten runs allocates. When other tests make the collector work it empties the shared pools, and a run then fills
    /// them again; what the stack allocates by packet, each run does.
    /// </summary>
    private static long LeastAllocated(Action run)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 10 && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static void Flood(TcpHost host, byte[][] packets, byte[] buffer)
    {
        for (int i = 0; i < 2000; i++)
        {
            var now = new Instant(i * 1_000_000L);
            host.OnPacket(packets[i % packets.Length], default, now);
            while (host.TryTakePacket(buffer, now, out _, out _))
            {
            }
        }
    }

    /// <summary>Two hosts in one loop without anything of a test's own between them that would allocate.</summary>
    private sealed class SteadyLoop
    {
        private readonly TcpHost _client = Pair.Host(null, "10.0.0.1", "2001:db8::1", 1);
        private readonly TcpHost _server = Pair.Host(null, "10.0.0.2", "2001:db8::2", 2);
        private readonly HostConnection _sender;
        private readonly HostConnection _receiver;
        private readonly byte[] _buffer = new byte[2000];
        private readonly byte[] _octets = new byte[20_000];
        private Instant _now = new(1_000_000_000);

        public SteadyLoop()
        {
            _server.TryListen(Pair.At("10.0.0.2", 80), ListenOptions.Default, out HostListener? listener);
            _client.TryConnect(Pair.At("10.0.0.2", 80), default, _now, out HostConnection? sender);
            Exchange();
            Assert.True(listener!.TryAccept(out HostConnection? receiver));
            (_sender, _receiver) = (sender!, receiver!);
        }

        public int Packets { get; private set; }

        public void Transfer(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                _sender.Send(_octets, _now);
                Exchange();
                while (_receiver.Receive(_octets, _now) > 0)
                {
                }

                Exchange();
                _now += TimeSpan.FromMilliseconds(1);
            }
        }

        private void Exchange()
        {
            while (Move(_client, _server) | Move(_server, _client))
            {
            }

            _client.OnTimeout(_now);
            _server.OnTimeout(_now);
        }

        private bool Move(TcpHost from, TcpHost to)
        {
            bool any = false;
            while (from.TryTakePacket(_buffer, _now, out int length, out PacketOffload offload))
            {
                to.OnPacket(_buffer.AsSpan(0, length), offload, _now);
                Packets++;
                any = true;
            }

            while (from.TryTakeEvent(out _))
            {
            }

            return any;
        }
    }
}
