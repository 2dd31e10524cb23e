using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TcpLens.Observation;

/// <summary>
/// An IPv4 or IPv6 address as one 128-bit number. IPv4 stands as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), so that an IPv4 prefix
/// matches the same host on an IPv4 socket and on a dual-stack IPv6 socket, which is what Linux and ss do too.
/// </summary>
public readonly record struct HostAddress(UInt128 Bits) : IUtf8SpanFormattable
{
    private const ulong MappedPrefix = 0x0000_ffff_0000_0000;

    public static readonly HostAddress AnyV4 = V4(0);
    public static readonly HostAddress AnyV6 = new(0);

    public bool IsV4Mapped => (ulong)(Bits >> 64) == 0 && ((ulong)Bits & 0xffff_ffff_0000_0000) == MappedPrefix;

    /// <summary>0.0.0.0 or ::</summary>
    public bool IsUnspecified => Bits == 0 || this == AnyV4;

    /// <summary>127.0.0.0/8 or ::1</summary>
    public bool IsLoopback => Bits == 1 || (IsV4Mapped && (uint)Bits >> 24 == 127);

    /// <summary>An IPv4 address from its value in host order: 127.0.0.1 is 0x7f000001.</summary>
    public static HostAddress V4(uint value) => new(new UInt128(0, MappedPrefix | value));

    /// <summary>From the four or sixteen octets of the wire.</summary>
    public static HostAddress FromNetworkOrder(ReadOnlySpan<byte> octets) => octets.Length == 4
        ? V4(BinaryPrimitives.ReadUInt32BigEndian(octets))
        : new(BinaryPrimitives.ReadUInt128BigEndian(octets));

    public static HostAddress From(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out int length);
        return FromNetworkOrder(octets[..length]);
    }

    /// <summary>A literal address of either family; null when it is not one.</summary>
    public static HostAddress? Parse(ReadOnlySpan<char> text)
        => IPAddress.TryParse(text, out IPAddress? address) && (address.AddressFamily != AddressFamily.InterNetwork || text.Count('.') == 3)
            ? From(address)
            : null;

    /// <summary>True when the first <paramref name="prefixLength"/> bits of the 128 are equal (an IPv4 /n is 96 + n here).</summary>
    public bool IsWithin(HostAddress network, int prefixLength)
        => prefixLength == 0 || ((Bits ^ network.Bits) >> (128 - prefixLength)) == 0;

    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, Bits);
        return IsV4Mapped ? new IPAddress(octets[12..]) : new IPAddress(octets);
    }

    /// <summary>
    /// The address as a socket of that family has it: dotted decimal for IPv4, RFC 5952 text for IPv6, where an IPv4 host is
    /// ::ffff:1.2.3.4. False when there is no room (39 octets are always enough).
    /// </summary>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, IpFamily family)
    {
        if (utf8Destination.Length < AddressText.MaxLength)
        {
            return TryFormatTight(utf8Destination, out bytesWritten, family);
        }

        bytesWritten = family == IpFamily.V4
            ? AddressText.WriteV4(utf8Destination, (uint)Bits)
            : AddressText.WriteV6(utf8Destination, (ulong)(Bits >> 64), (ulong)Bits);
        return true;
    }

    /// <summary>RFC 5952 text; an IPv4-mapped address as plain IPv4. Format and provider are not looked at.</summary>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        => TryFormat(utf8Destination, out bytesWritten, IsV4Mapped ? IpFamily.V4 : IpFamily.V6);

    /// <summary>RFC 5952 text; an IPv4-mapped address as plain IPv4.</summary>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[AddressText.MaxLength];
        TryFormat(text, out int length, format: default, provider: null);
        return Encoding.ASCII.GetString(text[..length]);
    }

    private bool TryFormatTight(Span<byte> utf8Destination, out int bytesWritten, IpFamily family)
    {
        Span<byte> text = stackalloc byte[AddressText.MaxLength];
        TryFormat(text, out int length, family);
        bool fits = text[..length].TryCopyTo(utf8Destination);
        bytesWritten = fits ? length : 0;
        return fits;
    }
}
