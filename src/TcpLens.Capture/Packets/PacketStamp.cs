using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What a capture says of a packet beside its octets.</summary>
/// <param name="TimeNanoseconds">Since the Unix epoch.</param>
/// <param name="Frame">Number of the packet in its file, from 1.</param>
/// <param name="Length">Octets of the packet as sent.</param>
/// <param name="LinkType">How it begins (LINKTYPE_ numbers of tcpdump.org/linktypes.html).</param>
public readonly record struct PacketStamp(long TimeNanoseconds, long Frame, uint Length, LinkType LinkType);
