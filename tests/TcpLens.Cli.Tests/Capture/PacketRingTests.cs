using TcpLens.Protocol;

namespace TcpLens.Cli.Tests;

public sealed class PacketRingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_comes_the_newest_that_fit_are_there_in_their_order(int seed)
    {
        var random = new Random(seed);
        var ring = new PacketRing(2000);
        var all = new List<(long Time, int Length)>();
        for (int time = 1; time <= 5000; time++)
        {
            int length = random.Next(0, time % 97 == 0 ? 1900 : 300);
            ring.Add(Block(time, length));
            all.Add((time, length));
            if (time % 50 == 0)
            {
                List<(long Time, int Length)> kept = Kept(ring);
                Assert.Equal(all[^kept.Count..], kept);
                Assert.True(kept.Sum(static packet => PcapngBlocks.LengthOfPacket(packet.Length)) <= 2000);
                Assert.NotEmpty(kept);
            }
        }
    }

    [Fact]
    public void Only_packets_since_a_time_come_out_and_then_none_are_left()
    {
        var ring = new PacketRing(10_000);
        for (int time = 1; time <= 10; time++)
        {
            ring.Add(Block(time, 20));
        }

        Assert.Equal(1, ring.OldestNanoseconds);
        Assert.Equal([7, 8, 9, 10], Drained(ring, since: 7).Select(static packet => packet.Time));
        Assert.Equal(0, ring.Packets);
        Assert.Null(ring.OldestNanoseconds);
        Assert.Empty(Drained(ring, since: 0));
    }

    [Fact]
    public void A_packet_that_is_larger_than_the_ring_is_left_out()
    {
        var ring = new PacketRing(1000);
        ring.Add([.. Block(1, 10), .. Block(2, 1000), .. Block(3, 10)]);

        Assert.Equal([1, 3], Drained(ring, since: 0).Select(static packet => packet.Time));
    }

    /// <summary>Looks, and puts everything back as it was.</summary>
    private static List<(long Time, int Length)> Kept(PacketRing ring)
    {
        List<(long Time, int Length)> kept = Drained(ring, since: 0);
        foreach ((long time, int length) in kept)
        {
            ring.Add(Block(time, length));
        }

        return kept;
    }

    private static List<(long Time, int Length)> Drained(PacketRing ring, long since)
    {
        var packets = new List<(long, int)>();
        int announced = 0;
        ring.Drain(since, (blocks, count) =>
        {
            announced += count;
            while (!blocks.IsEmpty)
            {
                int length = PcapngBlocks.ReadPacket(blocks, out long time, out ReadOnlySpan<byte> captured, out _);
                packets.Add((time, captured.Length));
                blocks = blocks[length..];
            }
        });
        Assert.Equal(announced, packets.Count);
        return packets;
    }

    private static byte[] Block(long time, int length)
    {
        byte[] block = new byte[PcapngBlocks.LengthOfPacket(length)];
        _ = PcapngBlocks.WritePacket(block, time, new byte[length], length);
        return block;
    }
}
