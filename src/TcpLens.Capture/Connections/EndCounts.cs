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
    public uint Syns;
    public uint SynAcks;
    public uint Fins;
    public uint Resets;
    public uint Urgent;
    public uint ZeroWindowFields;

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
            ZeroWindowFields++;
        }
    }

    private void AddControl(ControlBits bits)
    {
        Syns += bits.Has(ControlBits.Syn) && !bits.Has(ControlBits.Ack) ? 1u : 0;
        SynAcks += bits.Has(ControlBits.Syn | ControlBits.Ack) ? 1u : 0;
        Fins += bits.Has(ControlBits.Fin) ? 1u : 0;
        Resets += bits.Has(ControlBits.Rst) ? 1u : 0;
        Urgent += bits.Has(ControlBits.Urg) ? 1u : 0;
    }
}
