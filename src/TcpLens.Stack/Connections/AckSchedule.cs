using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// When what arrived is acknowledged: at once, or with what is sent anyway, or after a while (RFC 9293 §3.8.6.3, RFC 5681 §4.2).
/// </summary>
internal struct AckSchedule
{
    private int _quick;
    private int _segments;

    /// <summary>Nothing is owed and nothing is due.</summary>
    public static AckSchedule Idle => new() { DueAt = Instant.Never };

    /// <summary>ACKs to send now. More than one when several segments each ask for a duplicate ACK: a sender counts them.</summary>
    public int Owed { get; private set; }

    /// <summary>When the delayed ACK is due; Never when none is.</summary>
    public Instant DueAt { get; private set; }

    public void Start(int quickAcks) => (_quick, DueAt) = (quickAcks, Instant.Never);

    public void Now() => Owed = Math.Max(Owed, 1);

    /// <summary>An ACK of its own for this segment (RFC 5681 §4.2: out of order).</summary>
    public void Duplicate() => Owed = Math.Min(Owed + 1, 64);

    /// <summary>
    /// Data arrived in order. Every second segment is acknowledged at once (SHLD-19), and each one at first, when the peer is in slow start.
    /// </summary>
    public void Data(int octets, int segmentSize, TimeSpan delay, Instant now)
    {
        _segments += octets >= 2 * segmentSize ? 2 : 1;
        if (_quick > 0 || _segments >= 2)
        {
            _quick = Math.Max(_quick - 1, 0);
            Now();
        }
        else if (DueAt == Instant.Never)
        {
            DueAt = now + delay;
        }
    }

    /// <summary>The timer of the delayed ACK. True when it was due.</summary>
    public bool OnTimeout(Instant now)
    {
        if (now < DueAt)
        {
            return false;
        }

        DueAt = Instant.Never;
        Now();
        return true;
    }

    /// <summary>A segment with an ACK leaves.</summary>
    /// <param name="withData">One that the peer had to be sent anyway: it carries all that are owed.</param>
    public void Sent(bool withData)
    {
        Owed = withData ? 0 : Math.Max(Owed - 1, 0);
        _segments = 0;
        DueAt = Instant.Never;
    }
}
