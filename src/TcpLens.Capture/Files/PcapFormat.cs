using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>
/// pcap as libpcap writes it (draft-ietf-opsawg-pcap): a file header, then a header and octets for each packet. Microseconds or
/// nanoseconds, either byte order, and Kuznetzov's form with eight octets more in each header.
/// </summary>
internal sealed class PcapFormat : CaptureFormat
{
    public const int FileHeaderLength = 24;
    public const uint MagicMicroseconds = 0xa1b2c3d4;
    public const uint MagicNanoseconds = 0xa1b23c4d;
    public const uint MagicKuznetzov = 0xa1b2cd34;

    private const int PlainHeaderLength = 16;
    private const int KuznetzovHeaderLength = 24;

    // What libpcap gives out when nobody asks for less; files that announce less and hold more are common.
    private const uint UsualSnapLength = 262_144;

    // The upper bits of the link type say how long the frame check is (draft-ietf-opsawg-pcap §4).
    private const uint LinkTypeMask = 0x03ff_ffff;

    private readonly ByteOrder _order;
    private readonly int _headerLength;
    private readonly int _nanosecondsPerTick;
    private readonly uint _limit;
    private bool _isOpen;

    private PcapFormat(bool isBigEndian, uint magic, ReadOnlySpan<byte> header)
    {
        _order = new(isBigEndian);
        _headerLength = magic == MagicKuznetzov ? KuznetzovHeaderLength : PlainHeaderLength;
        _nanosecondsPerTick = magic == MagicNanoseconds ? 1 : 1000;
        SnapLength = _order.U32(header[16..]);
        LinkType = (LinkType)(_order.U32(header[20..]) & LinkTypeMask);
        _limit = Math.Clamp(SnapLength, UsualSnapLength, MaxRecord);
    }

    public override string Name => "pcap";

    public LinkType LinkType { get; }

    public uint SnapLength { get; }

    public static bool IsMagic(ReadOnlySpan<byte> octets) => ReadMagic(octets, out _) != 0;

    /// <summary>From the file header, of which there are <see cref="FileHeaderLength"/> octets.</summary>
    public static PcapFormat Open(ReadOnlySpan<byte> header)
    {
        uint magic = ReadMagic(header, out bool isBigEndian);
        return new(isBigEndian, magic, header);
    }

    public override RecordStep Next(ReadOnlySpan<byte> octets, bool isAll, out CaptureRecord record)
    {
        if (!_isOpen)
        {
            _isOpen = true;
            record = new() { Length = FileHeaderLength };
            return RecordStep.Other;
        }

        if (octets.Length < _headerLength)
        {
            return Needs(_headerLength, out record);
        }

        uint captured = _order.U32(octets[8..]);
        if (captured > _limit)
        {
            record = new() { Text = $"a packet of {captured:n0} octets" };
            return RecordStep.Stop;
        }

        long length = _headerLength + captured;
        if (octets.Length < length)
        {
            return Needs(length, out record);
        }

        record = new()
        {
            Length = length,
            Start = _headerLength,
            Captured = (int)captured,
            Sent = _order.U32(octets[12..]),
            TimeNanoseconds = (_order.U32(octets) * 1_000_000_000L) + ((long)_order.U32(octets[4..]) * _nanosecondsPerTick),
            LinkType = LinkType,
        };
        return RecordStep.Packet;
    }

    private static uint ReadMagic(ReadOnlySpan<byte> octets, out bool isBigEndian)
    {
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(octets);
        isBigEndian = Known(magic);
        uint other = BinaryPrimitives.ReverseEndianness(magic);
        return isBigEndian ? magic : Known(other) ? other : 0;
    }

    private static bool Known(uint magic) => magic is MagicMicroseconds or MagicNanoseconds or MagicKuznetzov;
}
