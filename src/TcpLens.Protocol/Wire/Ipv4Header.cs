using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TcpLens.Protocol;

/// <summary>An IPv4 header (RFC 791 §3.1).</summary>
public readonly ref struct Ipv4Header : IHeaderView<Ipv4Header>
{
    /// <summary>Without options.</summary>
    public const int MinLength = 20;

    private const ushort MoreFragmentsBit = 0x2000;

    private readonly ReadOnlySpan<byte> _octets;

    private Ipv4Header(ReadOnlySpan<byte> octets) => _octets = octets;

    /// <summary>20 to 60 octets, options included; the options may not be there.</summary>
    public int HeaderLength => (_octets[0] & 0xf) * 4;

    /// <summary>Header and payload; 0 where a sender leaves the cutting to its interface (TSO), or in a packet above 64 KiB.</summary>
    public ushort TotalLength => BinaryPrimitives.ReadUInt16BigEndian(_octets[2..]);

    /// <summary>RFC 3168 §5: 3 is congestion experienced.</summary>
    public byte Ecn => (byte)(_octets[1] & 3);

    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_octets[4..]);

    public bool DontFragment => (_octets[6] & 0x40) != 0;

    public bool MoreFragments => (FragmentField & MoreFragmentsBit) != 0;

    /// <summary>Where this fragment's payload belongs, in octets.</summary>
    public int FragmentOffset => (FragmentField & 0x1fff) * 8;

    public bool IsFragment => (FragmentField & 0x3fff) != 0;

    public byte TimeToLive => _octets[8];

    public IpProtocol Protocol => (IpProtocol)_octets[9];

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_octets[10..]);

    public uint Source => BinaryPrimitives.ReadUInt32BigEndian(_octets[12..]);

    public uint Destination => BinaryPrimitives.ReadUInt32BigEndian(_octets[16..]);

    /// <summary>Both addresses as they stand, for a pseudo-header.</summary>
    public ReadOnlySpan<byte> Addresses => _octets[12..20];

    private ushort FragmentField => BinaryPrimitives.ReadUInt16BigEndian(_octets[6..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> octets, out Ipv4Header header, out HeaderFault fault)
    {
        fault = octets switch
        {
            { Length: < MinLength } => HeaderFault.TooShort,
            [var first, ..] when first >> 4 != 4 => HeaderFault.Version,
            [var first, ..] when (first & 0xf) * 4 < MinLength => HeaderFault.LengthTooSmall,
            _ => HeaderFault.None,
        };
        header = fault == HeaderFault.None ? new(octets) : default;
        return fault == HeaderFault.None;
    }
}
