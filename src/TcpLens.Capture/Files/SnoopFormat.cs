using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>snoop, of Solaris (RFC 1761).</summary>
internal sealed class SnoopFormat : CaptureFormat
{
    private const int FileHeaderLength = 16;
    private const int HeaderLength = 24;
    private const uint Limit = 262_144;

    private readonly CaptureInterface _interface;
    private bool _isOpen;

    public SnoopFormat(ReadOnlySpan<byte> header, CaptureTally tally)
    {
        _interface = new() { LinkType = Link(BinaryPrimitives.ReadUInt32BigEndian(header[12..])), TicksPerSecond = 1_000_000 };
        tally.Add(_interface);
    }

    public override string Name => "snoop";

    public static bool IsMagic(ReadOnlySpan<byte> octets) => octets.StartsWith("snoop\0\0\0"u8);

    public override RecordStep Next(ReadOnlySpan<byte> octets, out CaptureRecord record)
    {
        if (!_isOpen)
        {
            _isOpen = true;
            record = new() { Length = FileHeaderLength };
            return RecordStep.Other;
        }

        if (octets.Length < HeaderLength)
        {
            return Needs(HeaderLength, out record);
        }

        uint captured = U32(octets, 4);
        uint length = U32(octets, 8);
        if (!AreLengths(captured, length))
        {
            return Lost($"a packet of {captured:n0} octets in a record of {length:n0}", out record);
        }

        if (octets.Length < length)
        {
            return Needs(length, out record);
        }

        _interface.DroppedInAll = Math.Max(_interface.DroppedInAll, U32(octets, 12));
        record = new()
        {
            Length = (int)length,
            Start = HeaderLength,
            Captured = (int)captured,
            Sent = U32(octets, 0),
            TimeNanoseconds = (U32(octets, 16) * 1_000_000_000L) + (U32(octets, 20) * 1000L),
            LinkType = _interface.LinkType,
        };
        return RecordStep.Packet;
    }

    public override bool IsPlausible(ReadOnlySpan<byte> octets)
        => octets.Length >= HeaderLength && AreLengths(U32(octets, 4), U32(octets, 8)) && U32(octets, 8) <= U32(octets, 4) + HeaderLength + 3
            && U32(octets, 0) >= U32(octets, 4) && U32(octets, 4) > 0 && U32(octets, 20) < 1_000_000;

    private static bool AreLengths(uint captured, uint length) => captured <= Limit && length >= captured + HeaderLength && length <= MaxRecord;

    private static uint U32(ReadOnlySpan<byte> octets, int at) => BinaryPrimitives.ReadUInt32BigEndian(octets[at..]);

    // RFC 1761's own numbers.
    private static LinkType Link(uint type) => type switch
    {
        0 or 4 => LinkType.Ethernet,
        2 => LinkType.TokenRing,
        8 => LinkType.Fddi,
        _ => LinkType.Other,
    };
}
