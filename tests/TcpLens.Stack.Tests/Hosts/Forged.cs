using TcpLens.Protocol;

namespace TcpLens.Stack.Tests;

/// <summary>Packets in the name of others.</summary>
internal static class Forged
{
    public static byte[] Segment(
        Endpoint from, Endpoint to, ControlBits bits, uint sequence = 1000, uint acknowledgment = 0, SegmentOptions options = default, byte[]? payload = null)
    {
        byte[] octets = new byte[OutgoingPacket.MaxHeaders + (payload?.Length ?? 0)];
        var segment = new TcpSegment
        {
            Sequence = new(sequence),
            Acknowledgment = new(acknowledgment),
            Bits = bits,
            Window = new(64_000),
            Options = options,
            Payload = payload,
        };
        int length = OutgoingPacket.Write(octets, new(from, to), segment, ConnectionOptions.Default, OptionOrder.Linux, isChecksumPartial: false);
        return octets[..length];
    }

    public static SegmentOptions SynOptions(ushort segmentSize, byte? scale = null, bool sack = false, uint? timestamp = null) => new()
    {
        Present = SegmentOptionSet.MaximumSegmentSize
            | (scale is null ? SegmentOptionSet.None : SegmentOptionSet.WindowScale)
            | (sack ? SegmentOptionSet.SackPermitted : SegmentOptionSet.None)
            | (timestamp is null ? SegmentOptionSet.None : SegmentOptionSet.Timestamps),
        MaximumSegmentSize = segmentSize,
        WindowScale = new(scale ?? 0),
        TimestampValue = timestamp ?? 0,
    };

    public static SegmentOptions Timestamps(uint value, uint echo)
        => new() { Present = SegmentOptionSet.Timestamps, TimestampValue = value, TimestampEcho = echo };

    /// <summary>What a packet that a host sent says.</summary>
    public static TcpSegment Read(byte[] packet)
    {
        Assert.Equal(DropReason.None, IncomingPacket.Read(packet, out IncomingPacket incoming));
        Assert.True(incoming.IsChecksumRight);
        Assert.True(TcpHeader.TryParse(incoming.Payload, out TcpHeader header, out _));
        return TcpSegment.Read(header, incoming.Payload[header.HeaderLength..], incoming.Ecn);
    }
}
