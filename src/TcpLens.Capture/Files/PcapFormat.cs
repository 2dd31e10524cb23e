using System.Buffers.Binary;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// pcap as libpcap writes it (draft-ietf-opsawg-pcap): a file header, then a header and octets for each packet. Microseconds or
/// nanoseconds, either byte order, and Kuznetzov's form with eight octets more in each header.
/// </summary>
internal sealed class PcapFormat : CaptureFormat
{
    private const uint MagicMicroseconds = 0xa1b2c3d4;
    private const uint MagicNanoseconds = 0xa1b23c4d;
    private const uint MagicKuznetzov = 0xa1b2cd34;
    private const ushort OnlyVersion = 2;

    private const int FileHeaderLength = 24;
    private const int PlainHeaderLength = 16;
    private const int KuznetzovHeaderLength = 24;

    // What libpcap gives out when nobody asks for less; files that announce less and hold more are common.
    private const uint UsualSnapLength = 262_144;

    // The upper bits of the link type say how long the frame check is (draft-ietf-opsawg-pcap §4).
    private const uint LinkTypeMask = 0x03ff_ffff;

    // After damage a header is believed when its time is so near to the last one that was read.
    private const long BelievableSeconds = 24 * 60 * 60;

    private readonly ByteOrder _order;
    private readonly LinkType _linkType;
    private readonly int _headerLength;
    private readonly uint _ticksPerSecond;
    private readonly uint _limit;
    private bool _isOpen;
    private uint _lastSeconds;

    /// <param name="header">The file's first octets, <see cref="CaptureFormats.Needed"/> at least.</param>
    /// <param name="tally">Gets the file's only interface.</param>
    public PcapFormat(ReadOnlySpan<byte> header, CaptureTally tally)
    {
        uint magic = ReadMagic(header, out _order);
        _headerLength = magic == MagicKuznetzov ? KuznetzovHeaderLength : PlainHeaderLength;
        _ticksPerSecond = magic == MagicNanoseconds ? 1_000_000_000u : 1_000_000u;
        uint snapLength = _order.U32(header[16..]);
        _linkType = (LinkType)(_order.U32(header[20..]) & LinkTypeMask);
        _limit = Math.Clamp(snapLength, UsualSnapLength, MaxRecord);
        tally.Add(new CaptureInterface { LinkType = _linkType, SnapLength = snapLength, TicksPerSecond = _ticksPerSecond });
    }

    public override string Name => "pcap";

    public static bool IsMagic(ReadOnlySpan<byte> octets) => ReadMagic(octets, out _) != 0;

    public override RecordStep Next(ReadOnlySpan<byte> octets, out CaptureRecord record)
    {
        if (!_isOpen)
        {
            return Open(octets, out record);
        }

        if (octets.Length < _headerLength)
        {
            return Needs(_headerLength, out record);
        }

        uint captured = _order.U32(octets[8..]);
        if (captured > _limit)
        {
            return Lost($"a packet of {captured:n0} octets", out record);
        }

        int length = _headerLength + (int)captured;
        if (octets.Length < length)
        {
            return Needs(length, out record);
        }

        _lastSeconds = _order.U32(octets);
        record = new()
        {
            Length = length,
            Start = _headerLength,
            Captured = (int)captured,
            Sent = _order.U32(octets[12..]),
            TimeNanoseconds = (_lastSeconds * 1_000_000_000L) + (_order.U32(octets[4..]) * (1_000_000_000L / _ticksPerSecond)),
            LinkType = _linkType,
        };
        return RecordStep.Packet;
    }

    /// <summary>Two headers in a row that make sense, where the second can be seen.</summary>
    public override bool IsPlausible(ReadOnlySpan<byte> octets)
    {
        if (!IsHeader(octets))
        {
            return false;
        }

        int next = _headerLength + (int)_order.U32(octets[8..]);
        return octets.Length < next + _headerLength || IsHeader(octets[next..]);
    }

    private RecordStep Open(ReadOnlySpan<byte> octets, out CaptureRecord record)
    {
        _isOpen = true;
        record = new() { Length = FileHeaderLength };
        ushort version = _order.U16(octets[4..]);
        if (version == OnlyVersion)
        {
            return RecordStep.Other;
        }

        record.Text = $"version {version}, which nobody has written; read as version {OnlyVersion}";
        return RecordStep.Damage;
    }

    private bool IsHeader(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < _headerLength)
        {
            return false;
        }

        uint captured = _order.U32(octets[8..]);
        uint sent = _order.U32(octets[12..]);
        long sinceLast = (long)_order.U32(octets) - _lastSeconds;
        return captured > 0 && captured <= _limit && sent >= captured && sent <= MaxRecord && _order.U32(octets[4..]) < _ticksPerSecond
            && (_lastSeconds == 0 || Math.Abs(sinceLast) <= BelievableSeconds);
    }

    private static uint ReadMagic(ReadOnlySpan<byte> octets, out ByteOrder order)
    {
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(octets);
        uint other = BinaryPrimitives.ReverseEndianness(magic);
        order = new(IsBigEndian: IsKnown(magic));
        return IsKnown(magic) ? magic : IsKnown(other) ? other : 0;
    }

    private static bool IsKnown(uint magic) => magic is MagicMicroseconds or MagicNanoseconds or MagicKuznetzov;
}
