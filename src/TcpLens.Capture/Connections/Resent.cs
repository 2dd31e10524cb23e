namespace TcpLens.Capture;

/// <summary>What is remembered of octets that are sent again.</summary>
internal ref struct Resent
{
    /// <summary>Nanoseconds within which a copy of a packet comes: no sender's timer is as short.</summary>
    private const long CopyTime = 200_000_000;

    /// <summary>True when some of them are under way.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>How often the first of them was sent before, and when for the last time.</summary>
    public byte TimesSent { get; private set; }

    public long LastSent { get; private set; }

    /// <summary>True when it is the same packet once more: the same octets with the same IPv4 identification.</summary>
    public bool IsSamePacket { get; private set; }

    public void Add(in OutstandingSegment old, in CapturedSegment again)
    {
        if (IsUnderWay)
        {
            return;
        }

        IsUnderWay = true;
        TimesSent = old.TimesSent;
        LastSent = old.LastSent;
        IsSamePacket = again.TimeNanoseconds - old.LastSent < CopyTime && old.IpIdentification == again.IpIdentification && again.IpIdentification != 0
            && old.Sequence == again.Sequence && old.End == again.EndSequence;
    }
}
