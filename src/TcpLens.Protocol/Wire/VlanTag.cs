using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>The four octets behind a VLAN type: tag control and the type of what follows (IEEE 802.1Q §9.6).</summary>
public readonly ref struct VlanTag : IHeaderView<VlanTag>
{
    public const int Length = 4;

    private readonly ReadOnlySpan<byte> _octets;

    private VlanTag(ReadOnlySpan<byte> octets) => _octets = octets;

    /// <summary>0 to 4095; 0 says a priority only.</summary>
    public ushort Identifier => (ushort)(BinaryPrimitives.ReadUInt16BigEndian(_octets) & 0xfff);

    /// <summary>0 to 7.</summary>
    public byte Priority => (byte)(_octets[0] >> 5);

    public EtherType Type => (EtherType)BinaryPrimitives.ReadUInt16BigEndian(_octets[2..]);

    public static bool TryParse(ReadOnlySpan<byte> octets, out VlanTag header, out HeaderFault fault)
    {
        bool fits = octets.Length >= Length;
        header = fits ? new(octets[..Length]) : default;
        fault = fits ? HeaderFault.None : HeaderFault.TooShort;
        return fits;
    }

    /// <exception cref="ArgumentException">No room for 4 octets.</exception>
    public static void Write(Span<byte> octets, ushort identifier, EtherType type)
    {
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)(identifier & 0xfff));
        BinaryPrimitives.WriteUInt16BigEndian(octets[2..], (ushort)type);
    }
}
