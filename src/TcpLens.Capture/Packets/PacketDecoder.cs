using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// Takes packets apart, header by header, down to the TCP segment in each. A packet without one leaves only a count. Nothing in a
/// packet makes it throw.
/// </summary>
public sealed class PacketDecoder
{
    /// <summary>Deeper than any network: a header takes at least two octets, so that this also bounds the work for hostile packets.</summary>
    internal const int MaxLayers = 32;

    private readonly PacketPredicate? _accepts;
    private readonly bool _verifiesChecksums;

    public PacketDecoder(ReaderOptions options, CaptureTally tally)
    {
        _accepts = options.Accepts;
        _verifiesChecksums = options.VerifiesChecksums;
        OpensTunnels = options.OpensTunnels;
        Tally = tally;
        Reassembler = new(tally);
    }

    public CaptureTally Tally { get; }

    internal bool OpensTunnels { get; }

    internal Reassembler Reassembler { get; }

    /// <summary>
    /// Copies a packet into the batch and decodes it there, as a live capture needs it. False when the batch has no room: give it on and
    /// come back with another. A batch that never had octets gets room for <see cref="PacketBatch.DefaultRoom"/>.
    /// </summary>
    public bool TryAdd(PacketBatch batch, ReadOnlySpan<byte> captured, in PacketStamp stamp)
    {
        if (!batch.TryCopy(captured, out int offset))
        {
            return false;
        }

        Decode(batch, offset, captured.Length, in stamp);
        return true;
    }

    /// <summary>Decodes a packet whose octets stand in the batch.</summary>
    internal void Decode(PacketBatch batch, int offset, int captured, in PacketStamp stamp)
    {
        ReadOnlySpan<byte> octets = batch.Octets.AsSpan(offset, captured);
        Tally.Add(in stamp, captured);
        if (_accepts is not null && !_accepts(in stamp, octets))
        {
            Tally.Add(PacketKind.LeftOut);
            return;
        }

        ref CapturedSegment segment = ref batch.Next();
        segment.TimeNanoseconds = stamp.TimeNanoseconds;
        segment.Frame = stamp.Frame;
        var cursor = new PacketCursor
        {
            Octets = octets,
            Offset = offset,
            Sent = (int)Math.Clamp(stamp.Length, (uint)captured, int.MaxValue),
            Segment = ref segment,
            Batch = batch,
        };
        Walk(ref cursor, stamp.LinkType);
        Tally.Add(in cursor);
        if (cursor.Kind is PacketKind.Tcp or PacketKind.IcmpAboutTcp)
        {
            batch.Commit();
        }
    }

    private void Walk(ref PacketCursor cursor, LinkType link)
    {
        Layer layer = LinkTypes.First(link, ref cursor);
        for (int depth = 0; layer != Layer.End; depth++)
        {
            layer = depth < MaxLayers ? Read(layer, ref cursor) : cursor.IsMalformed(PacketFault.TooManyLayers);
        }

        if (cursor.Kind == PacketKind.UnknownLink)
        {
            Tally.AddUnknown(link);
        }
    }

    private Layer Read(Layer layer, ref PacketCursor cursor) => layer switch
    {
        Layer.Ethernet => EthernetLayer.Read(ref cursor),
        Layer.Vlan => EthernetLayer.ReadVlan(ref cursor),
        Layer.PortExtension => EthernetLayer.ReadPortExtension(ref cursor),
        Layer.ShortTag => EthernetLayer.ReadShortTag(ref cursor),
        Layer.ServiceHeader => ServiceHeaderLayer.Read(ref cursor),
        Layer.Llc => EthernetLayer.ReadLlc(ref cursor),
        Layer.LinuxCooked => CookedLayer.Read(ref cursor),
        Layer.LinuxCooked2 => CookedLayer.ReadSecond(ref cursor),
        Layer.BsdNull => NullLayer.Read(ref cursor),
        Layer.Ppp => PppLayer.Read(ref cursor),
        Layer.SerialPpp => PppLayer.ReadSerial(ref cursor),
        Layer.Pppoe => PppoeLayer.Read(ref cursor),
        Layer.Mpls => MplsLayer.Read(ref cursor),
        Layer.Wireless => WirelessLayer.Read(ref cursor),
        Layer.AnyIp => EthernetLayer.ReadAnyIp(ref cursor),
        Layer.Ipv4 => Ipv4Layer.Read(ref cursor, this),
        Layer.Ipv6 => Ipv6Layer.Read(ref cursor, this),
        Layer.Tcp => TcpLayer.Read(ref cursor, _verifiesChecksums),
        Layer.Udp => UdpLayer.Read(ref cursor, OpensTunnels),
        Layer.Icmp => IcmpLayer.Read(ref cursor),
        Layer.Icmpv6 => IcmpLayer.ReadV6(ref cursor),
        Layer.Gre => GreLayer.Read(ref cursor),
        Layer.Erspan => ErspanLayer.Read(ref cursor),
        Layer.ErspanThree => ErspanLayer.ReadThree(ref cursor),
        Layer.EtherIp => cursor.Skip(2, Layer.Ethernet),
        Layer.End => Layer.End,
    };
}
