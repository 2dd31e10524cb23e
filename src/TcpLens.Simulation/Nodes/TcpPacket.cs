using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>Where TCP lies in an IP packet of either family without extension headers; middleboxes look no deeper either.</summary>
public readonly ref struct TcpPacket
{
    private TcpPacket(Endpoint source, Endpoint destination, ReadOnlySpan<byte> addresses, int at, TcpHeader header)
    {
        Source = source;
        Destination = destination;
        Addresses = addresses;
        At = at;
        Header = header;
    }

    public Endpoint Source { get; }

    public Endpoint Destination { get; }

    /// <summary>Both addresses as they stand, for a pseudo-header.</summary>
    public ReadOnlySpan<byte> Addresses { get; }

    /// <summary>Where the TCP header begins.</summary>
    public int At { get; }

    public TcpHeader Header { get; }

    /// <summary>False for whatever is not a whole TCP header in an IP packet.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out TcpPacket tcp)
    {
        tcp = default;
        return Ipv4Header.TryParse(packet, out Ipv4Header four, out _)
            ? four.Protocol == IpProtocol.Tcp && !four.IsFragment && TryParse(packet, four.HeaderLength, four.Addresses, out tcp)
            : Ipv6Header.TryParse(packet, out Ipv6Header six, out _) && six.NextHeader == IpProtocol.Tcp && TryParse(packet, Ipv6Header.Length, six.Addresses, out tcp);
    }

    private static bool TryParse(ReadOnlySpan<byte> packet, int at, ReadOnlySpan<byte> addresses, out TcpPacket tcp)
    {
        tcp = default;
        if (at > packet.Length || !TcpHeader.TryParse(packet[at..], out TcpHeader header, out _) || header.IsCut)
        {
            return false;
        }

        int half = addresses.Length / 2;
        tcp = new(
            new(HostAddress.FromNetworkOrder(addresses[..half]), header.SourcePort),
            new(HostAddress.FromNetworkOrder(addresses[half..]), header.DestinationPort),
            addresses, at, header);
        return true;
    }
}
