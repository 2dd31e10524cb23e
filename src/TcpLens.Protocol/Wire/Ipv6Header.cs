using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>The 40 octets of an IPv6 header (RFC 8200 §3).</summary>
public readonly ref struct Ipv6Header : IHeaderView<Ipv6Header>
{
    public const int Length = 40;

    private readonly ReadOnlySpan<byte> _octets;

    private Ipv6Header(ReadOnlySpan<byte> octets) => _octets = octets;

    /// <summary>What follows the header, extension headers included; 0 for a jumbogram (RFC 2675) and for large segments (BIG TCP).</summary>
    public ushort PayloadLength => BinaryPrimitives.ReadUInt16BigEndian(_octets[4..]);

    public IpProtocol NextHeader => (IpProtocol)_octets[6];

    public byte HopLimit => _octets[7];

    /// <summary>RFC 3168 §5: 3 is congestion experienced.</summary>
    public byte Ecn => (byte)((_octets[1] >> 4) & 3);

    public ReadOnlySpan<byte> Source => _octets[8..24];

    public ReadOnlySpan<byte> Destination => _octets[24..40];

    /// <summary>Both addresses as they stand, for a pseudo-header.</summary>
    public ReadOnlySpan<byte> Addresses => _octets[8..40];

    public static bool TryParse(ReadOnlySpan<byte> octets, out Ipv6Header header, out HeaderFault fault)
    {
        fault = octets switch
        {
            { Length: < Length } => HeaderFault.TooShort,
            [var first, ..] when first >> 4 != 6 => HeaderFault.Version,
            _ => HeaderFault.None,
        };
        header = fault == HeaderFault.None ? new(octets[..Length]) : default;
        return fault == HeaderFault.None;
    }
}
