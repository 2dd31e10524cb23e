using System.Runtime.InteropServices;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What is simply counted of the segments of one end; what few ends ever send is counted in the <see cref="MarkLedger"/>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
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
    }

    private void AddControl(ControlBits bits)
    {
        Count(ref Syns, bits.Has(ControlBits.Syn) && !bits.Has(ControlBits.Ack));
        Count(ref SynAcks, bits.Has(ControlBits.Syn | ControlBits.Ack));
        Count(ref Fins, bits.Has(ControlBits.Fin));
        Count(ref Resets, bits.Has(ControlBits.Rst));
    }

    private static void Count(ref ushort counter, bool isOne) => counter += (ushort)(isOne && counter < ushort.MaxValue ? 1 : 0);
}
