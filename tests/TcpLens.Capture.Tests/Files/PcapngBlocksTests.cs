using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

public sealed class PcapngBlocksTests
{
    private static readonly CaptureSource Source = new() { Interface = "eth0", LinkType = LinkType.Ethernet, SnapLength = 262_144, Filter = "tcp", System = "Linux", Application = "TcpLens" };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1448)]
    public void What_is_written_is_read_again_whatever_its_length(int length)
    {
        byte[] packet = BuiltPacket.Ethernet(BuiltPacket.Ipv4(BuiltPacket.Tcp(BuiltPacket.Payload(length), BuiltPacket.Addresses4)));
        const long Time = 1_795_297_944_581_569_123;
        byte[] file = [.. PcapngBlocks.Head(Source, "why"), .. Block(Time, packet), .. PcapngBlocks.Statistics(new(1, 2, 3, 4, 5, 6))];

        ReadCapture read = ReadCapture.Of(file);
        Assert.Empty(read.Damage);
        Assert.Equal((Time, (uint)length), (read.Only.TimeNanoseconds, read.Only.PayloadLength));
        Assert.Equal(BuiltPacket.Payload(length), read.Payloads[0]);
    }

    [Fact]
    public void A_block_is_read_back_as_it_was_written_also_when_the_buffer_was_dirty()
    {
        byte[] room = new byte[100];
        room.AsSpan().Fill(0xff);
        int length = PcapngBlocks.WritePacket(room, long.MaxValue, [1, 2, 3, 4, 5], originalLength: 1500);

        Assert.Equal(PcapngBlocks.LengthOfPacket(5), length);
        Assert.Equal(length, PcapngBlocks.ReadPacket(room, out long time, out ReadOnlySpan<byte> captured, out int originalLength));
        Assert.Equal((long.MaxValue, 1500), (time, originalLength));
        Assert.Equal([1, 2, 3, 4, 5], captured.ToArray());
        Assert.Equal([0, 0, 0], room[33..36]);
    }

    private static byte[] Block(long time, byte[] packet)
    {
        byte[] block = new byte[PcapngBlocks.LengthOfPacket(packet.Length)];
        _ = PcapngBlocks.WritePacket(block, time, packet, packet.Length);
        return block;
    }
}
