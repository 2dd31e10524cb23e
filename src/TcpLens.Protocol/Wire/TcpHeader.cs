using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TcpLens.Protocol;

/// <summary>A TCP header (RFC 9293 §3.1).</summary>
public readonly ref struct TcpHeader : IHeaderView<TcpHeader>
{
    /// <summary>Without options.</summary>
    public const int MinLength = 20;

    /// <summary>What a data offset of four bits can say.</summary>
    public const int MaxLength = 60;

    private readonly ReadOnlySpan<byte> _octets;

    private TcpHeader(ReadOnlySpan<byte> octets) => _octets = octets;

    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_octets);

    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_octets[2..]);

    public SeqNum Sequence => new(BinaryPrimitives.ReadUInt32BigEndian(_octets[4..]));

    /// <summary>What the header carries, also when ACK is not set.</summary>
    public SeqNum Acknowledgment => new(BinaryPrimitives.ReadUInt32BigEndian(_octets[8..]));

    /// <summary>20 to 60 octets, options included.</summary>
    public int HeaderLength => (_octets[12] >> 4) * 4;

    public ControlBits Bits => (ControlBits)BinaryPrimitives.ReadUInt16BigEndian(_octets[12..]) & ControlBits.All;

    public WindowField Window => new(BinaryPrimitives.ReadUInt16BigEndian(_octets[14..]));

    public ushort Checksum => BinaryPrimitives.ReadUInt16BigEndian(_octets[16..]);

    public ushort UrgentPointer => BinaryPrimitives.ReadUInt16BigEndian(_octets[18..]);

    /// <summary>True when the octets end before the options do: the capture kept less, or the data offset lies.</summary>
    public bool IsCut => HeaderLength > _octets.Length;

    /// <summary>The options, as far as they are there.</summary>
    public TcpOptions Options => new(OptionOctets);

    /// <summary>The same as they stand.</summary>
    public ReadOnlySpan<byte> OptionOctets => _octets[MinLength..Math.Min(HeaderLength, _octets.Length)];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> octets, out TcpHeader header, out HeaderFault fault)
    {
        fault = octets.Length < MinLength ? HeaderFault.TooShort
            : octets[12] >> 4 < MinLength / 4 ? HeaderFault.LengthTooSmall
            : HeaderFault.None;
        header = fault == HeaderFault.None ? new(octets) : default;
        return fault == HeaderFault.None;
    }
}
