using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What is simply counted of the segments of one end.</summary>
internal struct EndCounts
{
    public long PayloadOctets;
    public long IpOctets;
    public uint Packets;
    public uint DataSegments;
    public uint PureAcks;

    /// <summary>These stay at 65,535: no connection has more that anyone would count.</summary>
    public ushort Syns;
    public ushort SynAcks;
    public ushort Fins;
    public ushort Resets;
    public ushort Urgent;
    public ushort ZeroWindowFields;

    public void Add(in CapturedSegment segment)
    {
        ControlBits bits = segment.Bits;
        Packets++;
        IpOctets += segment.IpLength;
        PayloadOctets += segment.PayloadLength;
        if (segment.PayloadLength > 0)
        {
            DataSegments++;
        }

        if ((bits & (ControlBits.Syn | ControlBits.Fin | ControlBits.Rst | ControlBits.Urg)) != ControlBits.None)
        {
            AddControl(bits);
        }
        else if (segment.PayloadLength == 0 && bits.Has(ControlBits.Ack))
        {
            PureAcks++;
        }

        if (segment.Window.Raw == 0 && (bits & (ControlBits.Syn | ControlBits.Rst)) == ControlBits.None)
        {
            Count(ref ZeroWindowFields, true);
        }
    }

    private void AddControl(ControlBits bits)
    {
        Count(ref Syns, bits.Has(ControlBits.Syn) && !bits.Has(ControlBits.Ack));
        Count(ref SynAcks, bits.Has(ControlBits.Syn | ControlBits.Ack));
        Count(ref Fins, bits.Has(ControlBits.Fin));
        Count(ref Resets, bits.Has(ControlBits.Rst));
        Count(ref Urgent, bits.Has(ControlBits.Urg));
    }

    private static void Count(ref ushort counter, bool isOne) => counter += (ushort)(isOne && counter < ushort.MaxValue ? 1 : 0);
}
