using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>The first octets of an IPv6 extension header (RFC 8200 §4.2 to §4.6) or of AH (RFC 4302 §2).</summary>
public readonly ref struct Ipv6Extension : IHeaderView<Ipv6Extension>
{
    /// <summary>No extension header is shorter.</summary>
    public const int MinLength = 8;

    private readonly ReadOnlySpan<byte> _octets;

    private Ipv6Extension(ReadOnlySpan<byte> octets) => _octets = octets;

    public IpProtocol NextHeader => (IpProtocol)_octets[0];

    /// <summary>Of a fragment header: where this fragment's payload belongs, in octets.</summary>
    public int FragmentOffset => BinaryPrimitives.ReadUInt16BigEndian(_octets[2..]) & 0xfff8;

    public bool MoreFragments => (_octets[3] & 1) != 0;

    public uint Identification => BinaryPrimitives.ReadUInt32BigEndian(_octets[4..]);

    /// <summary>Octets of this header, when it is one of <paramref name="kind"/>: AH counts in words of four, the others in words of eight.</summary>
    public int LengthAs(IpProtocol kind) => kind switch
    {
        IpProtocol.Fragment => MinLength,
        IpProtocol.Authentication => (_octets[1] + 2) * 4,
        _ => (_octets[1] + 1) * 8,
    };

    /// <summary>True for those that say what follows them: hop-by-hop and destination options, routing, AH, mobility, HIP and shim6.</summary>
    public static bool IsWalked(IpProtocol kind) => kind is IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.DestinationOptions
        or IpProtocol.Authentication or IpProtocol.Mobility or IpProtocol.HostIdentity or IpProtocol.Shim6;

    public static bool TryParse(ReadOnlySpan<byte> octets, out Ipv6Extension header, out HeaderFault fault)
    {
        bool fits = octets.Length >= MinLength;
        header = fits ? new(octets[..MinLength]) : default;
        fault = fits ? HeaderFault.None : HeaderFault.TooShort;
        return fits;
    }
}
