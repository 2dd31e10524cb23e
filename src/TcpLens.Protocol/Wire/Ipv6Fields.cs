using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>What an IPv6 header is to say (RFC 8200 §3): <see cref="Ipv6Header"/> reads one, this writes one.</summary>
/// <param name="NextHeader">What follows.</param>
/// <param name="HopLimit">64 is what hosts send.</param>
/// <param name="Ecn">RFC 3168 §5.</param>
public readonly record struct Ipv6Fields(IpProtocol NextHeader, byte HopLimit = 64, byte Ecn = 0)
{
    /// <summary>Six bits (RFC 2474 §3).</summary>
    public byte DiffServ { get; init; }

    /// <summary>Writes the 40 octets.</summary>
    /// <param name="octets">With room for them.</param>
    /// <param name="addresses">Source and destination, 16 octets each.</param>
    /// <param name="payloadLength">Octets that follow the header.</param>
    /// <exception cref="ArgumentOutOfRangeException">No room; other than 32 octets of addresses; a payload above 65,535 octets.</exception>
    public void WriteTo(Span<byte> octets, ReadOnlySpan<byte> addresses, int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(addresses.Length, 32);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadLength, ushort.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(octets, (6u << 28) | ((DiffServ & 63u) << 22) | ((Ecn & 3u) << 20));
        BinaryPrimitives.WriteUInt16BigEndian(octets[4..], (ushort)payloadLength);
        octets[6] = (byte)NextHeader;
        octets[7] = HopLimit;
        addresses.CopyTo(octets[8..]);
    }
}
