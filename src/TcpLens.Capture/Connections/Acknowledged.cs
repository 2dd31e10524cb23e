namespace TcpLens.Capture;

/// <summary>What an acknowledgment took off the segments under way.</summary>
internal ref struct Acknowledged
{
    private long _lastSent;
    private uint _timestampValue;
    private bool _isKnown;
    private bool _isAmbiguous;
    private bool _echoTells;

    /// <summary>True when a SYN is among them.</summary>
    public bool IsSyn { get; private set; }

    public void Add(in OutstandingSegment segment)
    {
        _isKnown = true;
        _lastSent = segment.LastSent;
        _timestampValue = segment.TimestampValue;
        _isAmbiguous |= segment.TimesSent > 1 || segment.Has(OutstandingTraits.IsResent);
        _echoTells = segment.TimestampValue != 0 && !segment.Has(OutstandingTraits.EchoIsAmbiguous);
        IsSyn |= segment.Has(OutstandingTraits.Syn);
    }

    /// <summary>
    /// The round trip that an acknowledgment completes, in nanoseconds: since the last segment it takes off was sent. 0 for none, where
    /// one of them was sent more than once (Karn's rule, RFC 6298 §3), unless the echoed timestamp says which sending arrived.
    /// </summary>
    public readonly long RoundTripAt(in CapturedSegment acknowledgment)
    {
        bool tells = !_isAmbiguous || (_echoTells && !IsSyn && acknowledgment.TimestampEcho == _timestampValue);
        return _isKnown && tells ? Math.Max(0, acknowledgment.TimeNanoseconds - _lastSent) : 0;
    }
}
