using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What the fragments of one datagram have in common (RFC 791 §3.2, RFC 8200 §4.5).</summary>
/// <param name="Source">Of the datagram.</param>
/// <param name="Destination">Of the datagram.</param>
/// <param name="Identification">16 bits of IPv4, 32 of IPv6.</param>
/// <param name="Protocol">Of IPv4; none of IPv6, whose fragments need not agree on what comes next.</param>
internal readonly record struct FragmentKey(HostAddress Source, HostAddress Destination, uint Identification, IpProtocol Protocol);
