using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>The eight octets of a UDP header (RFC 768).</summary>
public readonly ref struct UdpHeader : IHeaderView<UdpHeader>
{
    public const int HeaderLength = 8;

    private readonly ReadOnlySpan<byte> _octets;

    private UdpHeader(ReadOnlySpan<byte> octets) => _octets = octets;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_octets);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_octets[2..]);

    /// <summary>Header and payload.</summary>
    public ushort Length => BinaryPrimitives.ReadUInt16BigEndian(_octets[4..]);

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_octets[6..]);

    public static bool TryParse(ReadOnlySpan<byte> octets, out UdpHeader header, out HeaderFault fault)
    {
        bool fits = octets.Length >= HeaderLength;
        header = fits ? new(octets[..HeaderLength]) : default;
        fault = fits ? HeaderFault.None : HeaderFault.TooShort;
        return fits;
    }
}
