using System.Buffers.Binary;

namespace TcpLens.Protocol;

/// <summary>What an IPv4 header is to say (RFC 791 §3.1): <see cref="Ipv4Header"/> reads one, this writes one.</summary>
public readonly record struct Ipv4Fields
{
    public Ipv4Fields()
    {
    }

    public uint Source { get; init; }

    public uint Destination { get; init; }

    public IpProtocol Protocol { get; init; }

    public byte TimeToLive { get; init; } = 64;

    /// <summary>Six bits (RFC 2474 §3).</summary>
    public byte DiffServ { get; init; }

    /// <summary>RFC 3168 §5.</summary>
    public byte Ecn { get; init; }

    public ushort Identification { get; init; }

    public bool DontFragment { get; init; }

    public bool MoreFragments { get; init; }

    /// <summary>In octets, a multiple of eight.</summary>
    public int FragmentOffset { get; init; }

    /// <summary>Writes the header with its checksum. Octets written.</summary>
    /// <param name="octets">With room for 20 octets and the options.</param>
    /// <param name="payloadLength">Octets that follow the header.</param>
    /// <param name="options">0 to 40 octets, in whole words.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options that are too long or no whole words; more than 65,535 octets in all; no room.</exception>
    public int WriteTo(Span<byte> octets, int payloadLength, params ReadOnlySpan<byte> options)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Length, 40);
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.Length % 4, 0);
        int length = Ipv4Header.MinLength + options.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length + payloadLength, ushort.MaxValue);
        Span<byte> header = octets[..length];
        header[0] = (byte)((4 << 4) | (length / 4));
        header[1] = (byte)((DiffServ << 2) | (Ecn & 3));
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(length + payloadLength));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], FragmentField);
        header[8] = TimeToLive;
        header[9] = (byte)Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], Source);
        BinaryPrimitives.WriteUInt32BigEndian(header[16..], Destination);
        options.CopyTo(header[Ipv4Header.MinLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)~InternetChecksum.Sum(header));
        return length;
    }

    private ushort FragmentField => (ushort)((FragmentOffset / 8) | (DontFragment ? 0x4000 : 0) | (MoreFragments ? 0x2000 : 0));
}
