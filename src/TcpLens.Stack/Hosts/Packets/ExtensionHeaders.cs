using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Steps over IPv6's extension headers as the last host on the way does (RFC 8200 §4). ICMP parameter problems are not sent for those
/// that are refused: nobody needs them, and they would be answers to forged packets.
/// </summary>
internal static class ExtensionHeaders
{
    /// <summary>Each kind comes once in a packet that is meant well, destination options twice (RFC 8200 §4.1).</summary>
    private const int Most = 6;

    /// <param name="octets">Behind the IPv6 header; then behind the last extension header.</param>
    /// <param name="protocol">What stands there.</param>
    public static DropReason Step(ref ReadOnlySpan<byte> octets, ref IpProtocol protocol)
    {
        for (int count = 0; protocol is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.Fragment or IpProtocol.DestinationOptions; count++)
        {
            if (count == Most || !Ipv6Extension.TryParse(octets, out Ipv6Extension header, out _) || header.LengthAs(protocol) > octets.Length)
            {
                return DropReason.Malformed;
            }

            int length = header.LengthAs(protocol);
            if (Judge(protocol, header, octets[..length]) is var refused and not DropReason.None)
            {
                return refused;
            }

            protocol = header.NextHeader;
            octets = octets[length..];
        }

        return DropReason.None;
    }

    private static DropReason Judge(IpProtocol protocol, Ipv6Extension header, ReadOnlySpan<byte> octets) => protocol switch
    {
        // A fragment that is the whole packet is one (RFC 6946).
        IpProtocol.Fragment => header.MoreFragments || header.FragmentOffset != 0 ? DropReason.NotTcp : DropReason.None,

        // Segments left: it is on its way to somebody else (RFC 8200 §4.4; type 0 is dead, RFC 5095).
        IpProtocol.Routing => octets[3] != 0 ? DropReason.BadAddress : DropReason.None,
        _ => JudgeOptions(octets[2..]),
    };

    /// <summary>RFC 8200 §4.2: the two highest bits of an option that is not known say whether the packet may be used.</summary>
    private static DropReason JudgeOptions(ReadOnlySpan<byte> options)
    {
        while (options is [var kind, ..])
        {
            int length = kind == 0 ? 1 : options.Length > 1 ? options[1] + 2 : int.MaxValue;
            if (length > options.Length)
            {
                return DropReason.Malformed;
            }

            if (kind >> 6 != 0)
            {
                return DropReason.NotTcp;
            }

            options = options[length..];
        }

        return DropReason.None;
    }
}
