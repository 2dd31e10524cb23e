using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TcpLens.Protocol;

/// <summary>
/// An IPv4 or IPv6 address as one 128-bit number. IPv4 stands as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), so that an IPv4 prefix
/// matches the same host on an IPv4 socket and on a dual-stack IPv6 socket, which is what Linux and ss do too.
/// </summary>
/// <remarks>
/// Kept as two halves: a UInt128 in a signature or a field keeps a method from being compiled ahead of time (its calling convention
/// is not settled), and addresses are in every method that touches a socket.
/// </remarks>
public readonly record struct HostAddress : IUtf8SpanFormattable
{
    private const ulong MappedPrefix = 0x0000_ffff_0000_0000;

    public static readonly HostAddress AnyV4 = V4(0);
    public static readonly HostAddress AnyV6;

    /// <param name="high">The first eight octets, in host order.</param>
    /// <param name="low">The last eight.</param>
    public HostAddress(ulong high, ulong low) => (High, Low) = (high, low);

    public HostAddress(UInt128 bits)
        : this((ulong)(bits >> 64), (ulong)bits)
    {
    }

    public ulong High { get; }

    public ulong Low { get; }

    public UInt128 Bits => new(High, Low);

    public bool IsV4Mapped => High == 0 && (Low & 0xffff_ffff_0000_0000) == MappedPrefix;

    /// <summary>0.0.0.0 or ::</summary>
    public bool IsUnspecified => High == 0 && (Low is 0 or MappedPrefix);

    /// <summary>127.0.0.0/8 or ::1</summary>
    public bool IsLoopback => High == 0 && (Low == 1 || (IsV4Mapped && (uint)Low >> 24 == 127));

    /// <summary>224.0.0.0/4 (RFC 5771) or ff00::/8 (RFC 4291 §2.7)</summary>
    public bool IsMulticast => IsV4Mapped ? (uint)Low >> 28 == 14 : High >> 56 == 0xff;

    /// <summary>An IPv4 address from its value in host order: 127.0.0.1 is 0x7f000001.</summary>
    public static HostAddress V4(uint value) => new(0, MappedPrefix | value);

    /// <summary>From the four or sixteen octets of the wire.</summary>
    public static HostAddress FromNetworkOrder(ReadOnlySpan<byte> octets) => octets.Length == 4
        ? V4(BinaryPrimitives.ReadUInt32BigEndian(octets))
        : new(BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..]));

    /// <summary>All 16 octets, IPv4 mapped.</summary>
    public void WriteTo(Span<byte> octets)
    {
        BinaryPrimitives.WriteUInt64BigEndian(octets, High);
        BinaryPrimitives.WriteUInt64BigEndian(octets[8..], Low);
    }

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
    public bool IsWithin(HostAddress network, int prefixLength) => prefixLength switch
    {
        0 => true,
        <= 64 => (High ^ network.High) >> (64 - prefixLength) == 0,
        _ => High == network.High && (Low ^ network.Low) >> (128 - prefixLength) == 0,
    };

    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        WriteTo(octets);
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

        bytesWritten = 0;
        if (family == IpFamily.V4)
        {
            AddressText.WriteV4(utf8Destination, ref bytesWritten, (uint)Low);
        }
        else
        {
            AddressText.WriteV6(utf8Destination, ref bytesWritten, High, Low);
        }

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
