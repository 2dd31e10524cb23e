using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>The eight octets that begin an ICMP message of either family (RFC 792, RFC 4443 §2.1).</summary>
public readonly ref struct IcmpHeader : IHeaderView<IcmpHeader>
{
    public const int Length = 8;

    private readonly ReadOnlySpan<byte> _octets;

    private IcmpHeader(ReadOnlySpan<byte> octets) => _octets = octets;

    public byte Type => _octets[0];

    public byte Code => _octets[1];

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_octets[2..]);

    /// <summary>
    /// ICMP's errors, which quote the packet they are about (RFC 792): unreachable, source quench, redirect, time exceeded, parameter
    /// problem.
    /// </summary>
    public bool IsErrorV4 => Type is 3 or 4 or 5 or 11 or 12;

    /// <summary>RFC 4443 §2.1: errors have the high bit clear.</summary>
    public bool IsErrorV6 => Type < 128;

    public static bool TryParse(ReadOnlySpan<byte> octets, out IcmpHeader header, out HeaderFault fault)
    {
        bool fits = octets.Length >= Length;
        header = fits ? new(octets[..Length]) : default;
        fault = fits ? HeaderFault.None : HeaderFault.TooShort;
        return fits;
    }
}
