using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// SYN cookies (RFC 4987 §3.6): what a listener would have to remember of a SYN stands in the numbers of its SYN-ACK, and comes back with the
/// ACK. The sequence number has five bits of a minute counter, three bits of the peer's MSS, and 24 bits of a keyed hash over all of it;
/// the timestamp's low six bits have what else was offered, laid out as Linux does.
/// </summary>
internal sealed class CookieMaker(SipHash key)
{
    private const int CounterShift = 27;
    private const int SizeShift = 24;
    private const uint HashMask = (1 << SizeShift) - 1;
    private const uint CounterMask = 31;

    /// <summary>How many minutes a cookie is good beyond the one it was made in (RFC 4987 §3.6: not for long).</summary>
    private const uint LongestAge = 1;

    /// <summary>The MSS options in use are few: one of them, or the next smaller one, is as good.</summary>
    private static readonly ushort[] Sizes = [88, 536, 1220, 1300, 1400, 1440, 1460, 8960];

    /// <summary>A cookie is no longer one after that.</summary>
    public static TimeSpan Validity { get; } = TimeSpan.FromMinutes(LongestAge + 1);

    public SeqNum Make(in FourTuple tuple, SeqNum peerInitial, ushort peerSegmentSize, Instant now)
    {
        int size = Sizes.Length - 1;
        while (size > 0 && Sizes[size] > peerSegmentSize)
        {
            size--;
        }

        return Make(tuple, peerInitial, Minute(now), (uint)size);
    }

    /// <summary>False for a number that no cookie of ours has, or had too long ago.</summary>
    public bool TryRead(in FourTuple tuple, SeqNum peerInitial, SeqNum cookie, Instant now, out ushort peerSegmentSize)
    {
        uint size = (cookie.Value >> SizeShift) & 7;
        uint age = unchecked(Minute(now) - (cookie.Value >> CounterShift)) & CounterMask;
        peerSegmentSize = Sizes[size];
        return age <= LongestAge && Make(tuple, peerInitial, unchecked(Minute(now) - age), size) == cookie;
    }

    private SeqNum Make(in FourTuple tuple, SeqNum peerInitial, uint minute, uint size)
    {
        ulong hash = tuple.Secret(key, ((ulong)peerInitial.Value << 32) | (minute << 3) | size);
        return new(((minute & CounterMask) << CounterShift) | (size << SizeShift) | ((uint)hash & HashMask));
    }

    private static uint Minute(Instant now) => unchecked((uint)(now.Nanoseconds / 60_000_000_000)) & (uint.MaxValue >> 3);
}
