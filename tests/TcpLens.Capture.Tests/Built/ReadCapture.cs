using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>All that a source gave.</summary>
internal sealed class ReadCapture
{
    public List<CapturedSegment> Segments { get; } = [];

    /// <summary>The captured payload of each.</summary>
    public List<byte[]> Payloads { get; } = [];

    public required CaptureTally Tally { get; init; }

    public required IReadOnlyList<CaptureDamage> Damage { get; init; }

    /// <summary>The only segment.</summary>
    public CapturedSegment Only => Assert.Single(Segments);

    public static ReadCapture Of(byte[] file, ReaderOptions? options = null) => Of(new MemoryStream(file), options);

    public static ReadCapture Of(Stream stream, ReaderOptions? options = null)
    {
        using var reader = new CaptureReader(stream, options ?? new());
        return Of(reader);
    }

    public static ReadCapture Of(IPacketSource source)
    {
        List<CapturedSegment> segments = [];
        List<byte[]> payloads = [];
        var batch = new PacketBatch();
        while (source.TryRead(batch))
        {
            foreach (ref readonly CapturedSegment segment in batch.Segments)
            {
                segments.Add(segment);
                payloads.Add(batch.PayloadOf(in segment).ToArray());
            }
        }

        var read = new ReadCapture { Tally = source.Tally, Damage = source.Damage };
        read.Segments.AddRange(segments);
        read.Payloads.AddRange(payloads);
        return read;
    }

    /// <summary>One packet of a link type.</summary>
    public static ReadCapture OfPacket(LinkType link, byte[] packet, ReaderOptions? options = null) => Of(BuiltCapture.Pcap(link, new BuiltFrame(packet)), options);
}
