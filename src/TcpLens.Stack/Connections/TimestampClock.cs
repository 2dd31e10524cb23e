using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>The timestamps option of one connection (RFC 7323): our clock, and what the peer's said last.</summary>
internal struct TimestampClock(uint offset)
{
    /// <summary>After so long without a segment the peer's last timestamp says nothing any more (§5.5).</summary>
    private static readonly TimeSpan RecentIsValidFor = TimeSpan.FromDays(24);

    private readonly uint _offset = offset;
    private Instant _recentAt;

    /// <summary>Both SYNs carried the option (§3.2).</summary>
    public bool IsAgreed { get; set; }

    /// <summary>TS.Recent.</summary>
    public uint Recent { get; private set; }

    /// <summary>TSval now: milliseconds (§5.4) and an offset of the connection's own (§7.1).</summary>
    public readonly uint Value(Instant now) => unchecked((uint)(now.Nanoseconds / 1_000_000) + _offset);

    public void Remember(uint value, Instant now) => (Recent, _recentAt) = (value, now);

    /// <summary>R1 of §5.3: the segment is older than one that was taken.</summary>
    public readonly bool IsOld(uint value, Instant now) => unchecked((int)(value - Recent)) < 0 && now - _recentAt < RecentIsValidFor;

    /// <summary>§4.3 (2): remembered from the segment that the next ACK is for. It is not <see cref="IsOld"/>, or it would not have come so far.</summary>
    public void Update(in TcpSegment segment, SeqNum lastAckSent, Instant now)
    {
        if (!segment.Sequence.IsAfter(lastAckSent))
        {
            Remember(segment.Options.TimestampValue, now);
        }
    }

    /// <summary>When the timestamp that comes back was made, to a millisecond; null for one that we cannot have made yet.</summary>
    public readonly Instant? MadeAt(uint echo, Instant now)
    {
        uint age = unchecked(Value(now) - echo);
        return age > int.MaxValue ? null : now + TimeSpan.FromMilliseconds(-(double)age);
    }
}
