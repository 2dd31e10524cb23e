using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>
/// pcapng (draft-ietf-opsawg-pcapng): blocks with their length at both ends; sections, each in its own byte order and with its own
/// interfaces. Names, secrets and custom blocks are passed over.
/// </summary>
internal sealed class PcapngFormat(CaptureTally tally) : CaptureFormat
{
    public const uint SectionHeader = 0x0a0d0d0a;

    private const uint InterfaceDescription = 1;
    private const uint OldPacket = 2;
    private const uint SimplePacket = 3;
    private const uint NameResolution = 4;
    private const uint InterfaceStatistics = 5;
    private const uint EnhancedPacket = 6;
    private const uint DecryptionSecrets = 0xa;
    private const uint Custom = 0xbad;
    private const uint CustomNotCopied = 0x4000_0bad;
    private const uint ByteOrderMagic = 0x1a2b3c4d;

    /// <summary>Type, length, and the length again.</summary>
    private const int Frame = 12;
    private const int PacketFields = 20;

    // More interfaces than any machine has; a section that describes more is hostile, and the rest of them is not kept.
    private const int MaxInterfaces = 1 << 16;

    private readonly List<PcapngInterface> _interfaces = [];
    private ByteOrder _order;
    private long _sections;
    private long _interfacesSeen;

    public override string Name => "pcapng";

    public override RecordStep Next(ReadOnlySpan<byte> octets, out CaptureRecord record)
    {
        if (octets.Length < Frame)
        {
            return Needs(Frame, out record);
        }

        uint type = _order.U32(octets);
        if (type == SectionHeader && !TryReadOrder(octets, out _order))
        {
            return Lost("a section without a byte order", out record);
        }

        uint length = _order.U32(octets[4..]);
        if (!IsLength(length))
        {
            return Lost($"a block of {length:n0} octets", out record);
        }

        if (octets.Length < length)
        {
            return Needs(length, out record);
        }

        uint trailing = _order.U32(octets[(int)(length - 4)..]);
        if (trailing != length)
        {
            return Lost($"a block of {length:n0} octets that says at its end that it has {trailing:n0}", out record);
        }

        record = new() { Length = (int)length };
        return Read(type, octets[8..(int)(length - 4)], ref record);
    }

    /// <summary>A block of a known type whose lengths, at both its ends, agree.</summary>
    public override bool IsPlausible(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < Frame)
        {
            return false;
        }

        ByteOrder order = _order;
        uint type = order.U32(octets);
        bool isKnown = type == SectionHeader
            ? TryReadOrder(octets, out order)
            : type is InterfaceDescription or OldPacket or SimplePacket or NameResolution or InterfaceStatistics or EnhancedPacket
                or DecryptionSecrets or Custom or CustomNotCopied;
        uint length = isKnown ? order.U32(octets[4..]) : 0;
        return IsLength(length) && length <= octets.Length && order.U32(octets[(int)(length - 4)..]) == length;
    }

    private static bool IsLength(uint length) => length is >= Frame and <= MaxRecord && length % 4 == 0;

    // The type of a section header reads the same in both byte orders; the number behind the length says which one the section has.
    private static bool TryReadOrder(ReadOnlySpan<byte> octets, out ByteOrder order)
    {
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(octets[8..]);
        order = new(magic == ByteOrderMagic);
        return magic == ByteOrderMagic || BinaryPrimitives.ReverseEndianness(magic) == ByteOrderMagic;
    }

    private RecordStep Read(uint type, ReadOnlySpan<byte> body, ref CaptureRecord record) => type switch
    {
        EnhancedPacket when body.Length >= PacketFields => ReadPacket(_order.U32(body), body, ref record),
        OldPacket when body.Length >= PacketFields => ReadPacket(_order.U16(body), body, ref record),
        SimplePacket when body.Length >= 4 => ReadSimple(body, ref record),
        InterfaceDescription when body.Length >= 8 => ReadInterface(body),
        InterfaceStatistics when body.Length >= 12 => ReadStatistics(body),
        SectionHeader when body.Length >= 16 => ReadSection(body, ref record),
        EnhancedPacket or OldPacket or SimplePacket or InterfaceDescription or InterfaceStatistics or SectionHeader
            => Damaged("a block too short for its type", ref record),
        _ => RecordStep.Other,
    };

    private RecordStep ReadSection(ReadOnlySpan<byte> body, ref CaptureRecord record)
    {
        _interfaces.Clear();
        _sections++;
        ReadComments(CommentSubject.Section, _sections, body[16..]);
        ushort version = _order.U16(body[4..]);
        return version == 1 ? RecordStep.Other : Damaged($"a section of version {version}, read as version 1", ref record);
    }

    private RecordStep ReadInterface(ReadOnlySpan<byte> body)
    {
        _interfacesSeen++;
        if (_interfaces.Count < MaxInterfaces)
        {
            var described = PcapngInterface.From(body, _order);
            _interfaces.Add(described);
            tally.Add(described.Shown);
        }

        ReadComments(CommentSubject.Interface, _interfacesSeen, body[8..]);
        return RecordStep.Other;
    }

    private RecordStep ReadPacket(uint at, ReadOnlySpan<byte> body, ref CaptureRecord record)
    {
        uint captured = _order.U32(body[12..]);
        if (at >= (uint)_interfaces.Count)
        {
            return Damaged($"a packet of interface {at}, which was not described", ref record);
        }

        if (captured > (uint)body.Length - PacketFields)
        {
            return Damaged($"a packet of {captured:n0} octets in a block of {record.Length:n0}", ref record);
        }

        PcapngInterface source = _interfaces[(int)at];
        record.Start = PacketFields + 8;
        record.Captured = (int)captured;
        record.Sent = _order.U32(body[16..]);
        record.TimeNanoseconds = source.Time.ToNanoseconds(((ulong)_order.U32(body[4..]) << 32) | _order.U32(body[8..]));
        record.LinkType = source.LinkType;
        int end = PacketFields + (((int)captured + 3) & ~3);
        if (end < body.Length)
        {
            ReadPacketOptions(body[end..], source.Shown);
        }

        return RecordStep.Packet;
    }

    /// <summary>Of the first interface, without a time, and as long as the interface's snap length allows.</summary>
    private RecordStep ReadSimple(ReadOnlySpan<byte> body, ref CaptureRecord record)
    {
        if (_interfaces.Count == 0)
        {
            return Damaged("a packet before any interface was described", ref record);
        }

        PcapngInterface source = _interfaces[0];
        uint snapLength = source.Shown.SnapLength;
        record.Start = 12;
        record.Sent = _order.U32(body);
        record.Captured = (int)Math.Min(Math.Min(record.Sent, snapLength == 0 ? uint.MaxValue : snapLength), (uint)body.Length - 4);
        record.LinkType = source.LinkType;
        return RecordStep.Packet;
    }

    /// <summary>The counters run from the start of the capture, so that the last block of an interface has them all.</summary>
    private RecordStep ReadStatistics(ReadOnlySpan<byte> body)
    {
        uint at = _order.U32(body);
        if (at >= (uint)_interfaces.Count)
        {
            return RecordStep.Other;
        }

        CaptureInterface shown = _interfaces[(int)at].Shown;
        foreach (PcapngOption option in new PcapngOptions(body[12..], _order))
        {
            const ushort Received = 4;
            const ushort Dropped = 5;
            if (option.Value.Length >= 8 && option.Code is (Received or Dropped))
            {
                long value = (long)Math.Min(_order.U64(option.Value), long.MaxValue);
                (shown.Received, shown.DroppedInAll) = option.Code == Received ? (value, shown.DroppedInAll) : (shown.Received, value);
            }
        }

        return RecordStep.Other;
    }

    private void ReadPacketOptions(ReadOnlySpan<byte> octets, CaptureInterface shown)
    {
        const ushort DropCount = 4;
        ReadComments(CommentSubject.Packet, tally.Packets + 1, octets);
        foreach (PcapngOption option in new PcapngOptions(octets, _order))
        {
            if (option.Code == DropCount && option.Value.Length >= 8)
            {
                shown.DroppedBetween += (long)Math.Min(_order.U64(option.Value), uint.MaxValue);
            }
        }
    }

    private void ReadComments(CommentSubject subject, long number, ReadOnlySpan<byte> octets)
    {
        const ushort Comment = 1;
        foreach (PcapngOption option in new PcapngOptions(octets, _order))
        {
            if (option.Code == Comment)
            {
                tally.AddComment(subject, number, option.Value);
            }
        }
    }

    private static RecordStep Damaged(string text, ref CaptureRecord record)
    {
        record.Text = text;
        return RecordStep.Damage;
    }
}
