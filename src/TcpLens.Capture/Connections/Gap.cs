using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Octets below the highest sent that did not come past here.</summary>
internal struct Gap
{
    private long _seen;
    private float _roundTrip;
    private SeqNum _begin;
    private SeqNum _end;

    /// <summary>A segment begins after a number that was not reached: what lies between is missing.</summary>
    public void Widen(in CapturedSegment segment, in LossState sender, NetworkPath path)
    {
        bool isOpen = _seen != 0 && !sender.IsAcknowledged(_end);
        if (!isOpen)
        {
            _seen = segment.TimeNanoseconds;
            _roundTrip = path.IsKnown ? path.RoundTrip : 0;
            _begin = sender.Highest;
        }

        _end = segment.Sequence;
    }

    /// <summary>True when the octets lie where some are missing, or were when they were acknowledged.</summary>
    public readonly bool Holds(in CapturedSegment segment)
        => _seen != 0 && !segment.Sequence.IsBefore(_begin) && !segment.EndSequence.IsAfter(_end);

    /// <summary>
    /// True when enough time has passed for the receiver to miss the octets, and for the sender to hear of it: half of the smoothed
    /// round trip, which any real one is unlikely to be shorter than. Without a round trip, a fifth of a second.
    /// </summary>
    public readonly bool MayBeAnswered(long now, NetworkPath path)
    {
        const float Unmeasured = 200e6f;
        float roundTrip = _roundTrip > 0 ? _roundTrip : path.IsKnown ? path.RoundTrip : 0;
        return now - _seen > (roundTrip > 0 ? roundTrip / 2 : Unmeasured);
    }
}
