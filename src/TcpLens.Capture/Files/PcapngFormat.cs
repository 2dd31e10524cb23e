using System.Buffers.Binary;

namespace TcpLens.Capture;

/// <summary>
/// pcapng (draft-ietf-opsawg-pcapng): blocks with their length at both ends; sections, each in its own byte order and with its own
/// interfaces.
/// </summary>
internal sealed class PcapngFormat : CaptureFormat
{
    public const uint SectionHeader = 0x0a0d0d0a;

    private const uint InterfaceDescription = 1;
    private const uint OldPacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1a2b3c4d;

    /// <summary>Type, length, and the length again.</summary>
    private const int Frame = 12;

    // More interfaces than any machine; a section that describes more is hostile, and the rest of them is not kept.
    private const int MaxInterfaces = 1 << 16;

    private readonly List<PcapngInterface> _interfaces = [];
    private ByteOrder _order;

    public override string Name => "pcapng";

    public override RecordStep Next(ReadOnlySpan<byte> octets, bool isAll, out CaptureRecord record)
    {
        if (octets.Length < Frame)
        {
            return Needs(Frame, out record);
        }

        uint type = _order.U32(octets);
        if (type == SectionHeader)
        {
            // The type reads the same in both byte orders; the number behind the length says which one the section has.
            _order = new(BinaryPrimitives.ReadUInt32BigEndian(octets[8..]) == ByteOrderMagic);
        }

        uint length = _order.U32(octets[4..]);
        if (length < Frame || length > MaxRecord)
        {
            record = new() { Text = $"a block of {length:n0} octets" };
            return RecordStep.Stop;
        }

        long padded = (length + 3L) & ~3L;
        if (octets.Length < padded)
        {
            return Needs(padded, out record);
        }

        record = new() { Length = padded };
        ReadOnlySpan<byte> body = octets[8..(int)(length - 4)];
        switch (type)
        {
            case SectionHeader:
                _interfaces.Clear();
                return RecordStep.Other;
            case InterfaceDescription when body.Length >= 8 && _interfaces.Count < MaxInterfaces:
                _interfaces.Add(PcapngInterface.From(body, _order));
                return RecordStep.Other;
            case EnhancedPacket when body.Length >= 20:
                return Packet(_order.U32(body), body, ref record);
            case OldPacket when body.Length >= 20:
                return Packet(_order.U16(body), body, ref record);
            case SimplePacket when body.Length >= 4:
                return Simple(body, ref record);
            default:
                return RecordStep.Other;
        }
    }

    private RecordStep Packet(uint at, ReadOnlySpan<byte> body, ref CaptureRecord record)
    {
        uint captured = _order.U32(body[12..]);
        if (at >= (uint)_interfaces.Count || captured > (uint)body.Length - 20)
        {
            record.Text = "a packet of an interface that was not described, or larger than its block";
            return RecordStep.Damage;
        }

        PcapngInterface source = _interfaces[(int)at];
        record.Start = 28;
        record.Captured = (int)captured;
        record.Sent = _order.U32(body[16..]);
        record.TimeNanoseconds = source.Time.ToNanoseconds(((ulong)_order.U32(body[4..]) << 32) | _order.U32(body[8..]));
        record.LinkType = source.LinkType;
        return RecordStep.Packet;
    }

    /// <summary>Of the first interface, without a time, and as long as the interface's snap length allows.</summary>
    private RecordStep Simple(ReadOnlySpan<byte> body, ref CaptureRecord record)
    {
        if (_interfaces.Count == 0)
        {
            record.Text = "a packet before any interface was described";
            return RecordStep.Damage;
        }

        PcapngInterface source = _interfaces[0];
        record.Sent = _order.U32(body);
        uint limit = source.SnapLength == 0 ? uint.MaxValue : source.SnapLength;
        record.Start = 12;
        record.Captured = (int)Math.Min(Math.Min(record.Sent, limit), (uint)body.Length - 4);
        record.LinkType = source.LinkType;
        return RecordStep.Packet;
    }
}
