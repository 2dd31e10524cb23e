namespace TcpLens.Protocol;

/// <summary>
/// What a device was or is to be told beside the packet's octets: work that one side left to the other (in Linux the virtio_net_hdr,
/// include/uapi/linux/virtio_net.h). <c>default</c>: nothing; one packet with a whole checksum.
/// </summary>
/// <param name="SegmentSize">0, or the TCP payload octets of each segment that the packet stands for.</param>
/// <param name="IsChecksumPartial">The TCP checksum field holds only the pseudo-header's sum: whoever needs the rest fills it in.</param>
/// <param name="IsChecksumVerified">The device found the checksum right.</param>
public readonly record struct PacketOffload(ushort SegmentSize = 0, bool IsChecksumPartial = false, bool IsChecksumVerified = false);
