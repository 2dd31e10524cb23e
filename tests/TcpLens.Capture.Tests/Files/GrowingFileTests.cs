using TcpLens.Protocol;

using static TcpLens.Capture.Tests.BuiltCapture;
using static TcpLens.Capture.Tests.BuiltPacket;

namespace TcpLens.Capture.Tests;

public sealed class GrowingFileTests
{
    private static readonly byte[] Frame = Ethernet(Whole4());

    public static TheoryData<string, byte[]> Files { get; } = new()
    {
        { "pcap", Pcap(LinkType.Ethernet, [.. Enumerable.Range(0, 4).Select(at => new BuiltFrame(Frame, at))]) },
        { "pcapng", [.. Section(), .. Interface(LinkType.Ethernet), .. Packet(0, 1, Frame), .. Packet(0, 2, Frame), .. Packet(0, 3, Frame), .. Packet(0, 4, Frame)] },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_grows_octet_by_octet_loses_nothing(string format, byte[] file)
    {
        using var stream = new MemoryStream();
        using var reader = new CaptureReader(stream, new() { IsGrowing = true });
        var batch = new PacketBatch();
        int segments = 0;
        foreach (byte octet in file)
        {
            long place = stream.Position;
            stream.Position = stream.Length;
            stream.WriteByte(octet);
            stream.Position = place;
            while (reader.TryRead(batch))
            {
                segments += batch.Count;
            }
        }

        Assert.Equal((format, 4, 0), (reader.Format, segments, reader.Damage.Count));
        Assert.False(reader.TryRead(batch));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_pipe_that_gives_one_octet_at_a_time_loses_nothing(string format, byte[] file)
    {
        using var reader = new CaptureReader(new Trickle(file), new());
        Assert.Equal(4, ReadCapture.Of(reader).Segments.Count);
        Assert.Equal(format, reader.Format);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Blocks_that_end_anywhere_lose_nothing(string format, byte[] file)
    {
        for (int size = 1; size < 200; size++)
        {
            using var reader = new CaptureReader(new MemoryStream(file), new() { BlockSize = size });
            ReadCapture read = ReadCapture.Of(reader);
            Assert.Equal((format, 4, 0), (reader.Format, read.Segments.Count, read.Damage.Count));
            Assert.All(read.Payloads, payload => Assert.Equal(Payload(10), payload));
        }
    }

    private sealed class Trickle(byte[] octets) : MemoryStream(octets)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);
    }
}
