using System.Text;

namespace TcpLens.Protocol;

/// <summary>One end of a connection: an address and a port (host order; 0 where there is none yet).</summary>
public readonly record struct Endpoint(HostAddress Address, ushort Port) : IUtf8SpanFormattable
{
    /// <summary>An address in brackets, a colon and a port; the name of an interface comes on top of it.</summary>
    public const int MaxFormattedLength = AddressText.MaxLength + 2 + 6;

    /// <summary>IFNAMSIZ is 16 (linux/if.h); an alternative name can have 128.</summary>
    private const int MaxScope = 128;

    /// <summary>
    /// Writes the endpoint as ss does: <c>1.2.3.4:80</c>, <c>[::1]:80</c>, <c>[fe80::1]%eth0:80</c>, and <c>*</c> for port 0.
    /// </summary>
    /// <param name="utf8Destination">Where to; <see cref="MaxFormattedLength"/> octets and the scope always fit.</param>
    /// <param name="bytesWritten">Octets written; 0 when there is no room.</param>
    /// <param name="family">Family of the socket: an IPv6 socket shows an IPv4 host as [::ffff:1.2.3.4].</param>
    /// <param name="takesBothFamilies">True for an IPv6 socket that is not IPv6-only: its :: is shown as <c>*</c>.</param>
    /// <param name="scope">Name of the interface the socket is bound to, or nothing.</param>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, IpFamily family, bool takesBothFamilies = false, ReadOnlySpan<byte> scope = default)
    {
        if (utf8Destination.Length < MaxFormattedLength + 1 + scope.Length)
        {
            return TryFormatTight(utf8Destination, out bytesWritten, family, takesBothFamilies, scope);
        }

        int at = 0;
        if (family == IpFamily.V4)
        {
            AddressText.WriteV4(utf8Destination, ref at, (uint)Address.Low);
        }
        else if (takesBothFamilies && Address == HostAddress.AnyV6)
        {
            utf8Destination[at++] = (byte)'*';
        }
        else
        {
            utf8Destination[at++] = (byte)'[';
            AddressText.WriteV6(utf8Destination, ref at, Address.High, Address.Low);
            utf8Destination[at++] = (byte)']';
        }

        if (scope.Length > 0)
        {
            utf8Destination[at++] = (byte)'%';
            scope.CopyTo(utf8Destination[at..]);
            at += scope.Length;
        }

        utf8Destination[at++] = (byte)':';
        if (Port == 0)
        {
            utf8Destination[at++] = (byte)'*';
        }
        else
        {
            AddressText.WriteDecimal(utf8Destination, ref at, Port);
        }

        bytesWritten = at;
        return true;
    }

    /// <summary>An IPv4-mapped address as plain IPv4. Format and provider are not looked at.</summary>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
        => TryFormat(utf8Destination, out bytesWritten, Address.IsV4Mapped ? IpFamily.V4 : IpFamily.V6);

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxFormattedLength + 1];
        TryFormat(text, out int length, format: default, provider: null);
        return Encoding.ASCII.GetString(text[..length]);
    }

    private bool TryFormatTight(Span<byte> utf8, out int bytesWritten, IpFamily family, bool takesBothFamilies, ReadOnlySpan<byte> scope)
    {
        Span<byte> text = stackalloc byte[MaxFormattedLength + 1 + Math.Min(scope.Length, MaxScope)];
        TryFormat(text, out int length, family, takesBothFamilies, scope[..Math.Min(scope.Length, MaxScope)]);
        bool fits = text[..length].TryCopyTo(utf8);
        bytesWritten = fits ? length : 0;
        return fits;
    }
}
