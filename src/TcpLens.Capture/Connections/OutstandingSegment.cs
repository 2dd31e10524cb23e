using System.Runtime.InteropServices;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Octets that an end sent and that were not acknowledged yet, as one segment carried them.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct OutstandingSegment
{
    /// <summary>When they were last sent, in nanoseconds since the epoch.</summary>
    public long LastSent;

    public SeqNum Sequence;
    public SeqNum End;

    /// <summary>The timestamp they were last sent with (RFC 7323 §3.2); 0 without one.</summary>
    public uint TimestampValue;

    /// <summary>The next in the order of the stream; from the last to the first.</summary>
    public int Next;

    public ushort IpIdentification;

    /// <summary>1 when first sent; stays at 255.</summary>
    public byte TimesSent;
    public OutstandingTraits Traits;

    public readonly bool Has(OutstandingTraits trait) => (Traits & trait) != OutstandingTraits.None;

    /// <summary>False for a FIN alone with the number of a SYN, as scanners send it: that is no SYN again.</summary>
    public readonly bool MayBeCarriedBy(in CapturedSegment segment)
        => !Has(OutstandingTraits.Syn) || segment.PayloadLength > 0 || segment.HasAny(ControlBits.Syn);

    public void SendAgain(in CapturedSegment segment)
    {
        if (TimestampValue == segment.TimestampValue)
        {
            Traits |= OutstandingTraits.EchoIsAmbiguous;
        }

        LastSent = segment.TimeNanoseconds;
        TimestampValue = segment.TimestampValue;
        IpIdentification = segment.IpIdentification;
        TimesSent += (byte)(TimesSent < byte.MaxValue ? 1 : 0);
    }
}

[Flags]
internal enum OutstandingTraits : byte
{
    None = 0,
    Syn = 1,

    /// <summary>Sent again with the timestamp of the time before: an echo does not tell which arrived.</summary>
    EchoIsAmbiguous = 2,

    /// <summary>Sent before, where this capture did not see it.</summary>
    IsResent = 4,
}
