using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What an acknowledgment took off the segments under way.</summary>
internal ref struct Acknowledged
{
    /// <summary>Segments that are acknowledged now.</summary>
    public int Count;

    /// <summary>When the last of them was sent.</summary>
    public long LastSent;

    /// <summary>The timestamp it was sent with last.</summary>
    public uint TimestampValue;

    /// <summary>True when one of them was sent more than once, or filled a gap: Karn's rule (RFC 6298 §3) takes no sample.</summary>
    public bool IsAmbiguous;

    /// <summary>True when an echo of its timestamp says that the last sending of the last of them arrived.</summary>
    public bool EchoTells;

    public bool IsSyn;

    public void Add(in OutstandingSegment segment)
    {
        Count++;
        LastSent = segment.LastSent;
        TimestampValue = segment.TimestampValue;
        IsAmbiguous |= segment.TimesSent > 1 || (segment.Traits & OutstandingTraits.FilledGap) != 0;
        EchoTells = segment.TimestampValue != 0 && (segment.Traits & OutstandingTraits.EchoIsAmbiguous) == 0;
        IsSyn |= (segment.Traits & OutstandingTraits.Syn) != 0;
    }
}

/// <summary>What is remembered of octets that are sent again.</summary>
internal ref struct Resent
{
    /// <summary>True when some of them are under way.</summary>
    public bool IsUnderWay;

    /// <summary>How often the first of them was sent before, and when for the last time.</summary>
    public byte TimesSent;
    public long LastSent;

    /// <summary>True when the same packet was captured twice: the same octets with the same IPv4 identification.</summary>
    public bool IsSamePacket;

    public void Add(in OutstandingSegment old, in CapturedSegment again)
    {
        if (IsUnderWay)
        {
            return;
        }

        IsUnderWay = true;
        TimesSent = old.TimesSent;
        LastSent = old.LastSent;
        IsSamePacket = old.IpIdentification == again.IpIdentification && again.IpIdentification != 0
            && old.Sequence == again.Sequence && old.End == again.EndSequence;
    }
}
