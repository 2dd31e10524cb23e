using System.Runtime.InteropServices;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// struct virtio_net_hdr (linux/virtio_net.h), ten octets before each packet of a TUN device with IFF_VNET_HDR. Its numbers have the
/// machine's byte order.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct VirtioHeader
{
    public const int Length = 10;

    private const byte NeedsChecksum = 1;       // VIRTIO_NET_HDR_F_NEEDS_CSUM
    private const byte ChecksumIsValid = 2;     // VIRTIO_NET_HDR_F_DATA_VALID
    private const byte TcpV4 = 1;               // VIRTIO_NET_HDR_GSO_TCPV4
    private const byte TcpV6 = 4;               // VIRTIO_NET_HDR_GSO_TCPV6
    private const ushort TcpChecksumOffset = 16;

    private byte _flags;
    private byte _segmentation;
    private ushort _headerLength;
    private ushort _segmentSize;
    private ushort _checksumStart;
    private ushort _checksumOffset;

    /// <summary>What the kernel said of a packet that it gave.</summary>
    public readonly PacketOffload Read() => new(
        SegmentSize: _segmentation == 0 ? (ushort)0 : _segmentSize,
        IsChecksumPartial: (_flags & NeedsChecksum) != 0,
        IsChecksumVerified: (_flags & ChecksumIsValid) != 0);

    /// <summary>What the kernel is to know of a TCP packet that it gets; nothing where its headers are not whole.</summary>
    public static VirtioHeader Describe(ReadOnlySpan<byte> packet, PacketOffload offload)
    {
        if ((!offload.IsChecksumPartial && offload.SegmentSize == 0) || packet.Length < Ipv4Header.MinLength)
        {
            return default;
        }

        bool isV4 = packet[0] >> 4 == 4;
        int ip = isV4 ? (packet[0] & 15) * 4 : Ipv6Header.Length;
        if (packet.Length < ip + TcpHeader.MinLength)
        {
            return default;
        }

        return new()
        {
            _flags = NeedsChecksum,     // The kernel takes no segmentation without it.
            _segmentation = offload.SegmentSize == 0 ? (byte)0 : isV4 ? TcpV4 : TcpV6,
            _headerLength = (ushort)(ip + ((packet[ip + 12] >> 4) * 4)),
            _segmentSize = offload.SegmentSize,
            _checksumStart = (ushort)ip,
            _checksumOffset = TcpChecksumOffset,
        };
    }
}
