using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>Why a connection does not move. Each has one answer, so that it is blamed once.</summary>
internal enum StallCause : byte
{
    /// <summary>It moves, as far as can be seen.</summary>
    None,

    /// <summary>Nothing waits to be sent or acknowledged: the applications are silent.</summary>
    Idle,

    /// <summary>Segments get lost, and acknowledgments keep coming.</summary>
    Loss,

    /// <summary>The peer's kernel answers, and its window has no room: the program there does not read.</summary>
    WindowClosed,

    /// <summary>Small segments pass and large ones do not.</summary>
    BigPacketsVanish,

    /// <summary>Retransmissions fail before they have left this machine.</summary>
    LocalDrop,

    /// <summary>Nothing that is sent is acknowledged: the peer, its host or the path is gone.</summary>
    Unanswered,
}

/// <summary>
/// Tells the causes of a stall apart by the running timer, by what came back since, and by what had passed before
/// (net/ipv4/tcp_timer.c; a duplicate acknowledgment does not reset the backoff, but it moves last_ack_recv).
/// </summary>
internal static class StallCauses
{
    /// <summary>From so many doublings of the timeout on, a loss is no single loss any more.</summary>
    public const int StuckBackoff = 2;

    /// <summary>Where the peer answers others meanwhile, a lossy path explains as many as fewer than these.</summary>
    public const int HopelessBackoff = 4;

    /// <summary>An answer sets the count of probes to 0, so that two stand for one without an answer.</summary>
    private const int UnansweredProbes = 2;

    // What every path carries: 576 octets of IPv4 (RFC 1122 §3.3.2), 1280 of IPv6 (RFC 8200 §5), without headers.
    private const uint SmallOctetsV4 = 536;
    private const uint SmallOctetsV6 = 1220;

    /// <param name="entry">A connection that a process holds.</param>
    /// <param name="vitals">What tcp_info says of it.</param>
    /// <param name="heard">Since anything came from the peer's address, on whatever connection; null when that is unknown.</param>
    /// <param name="dropsHere">True when most retransmissions of this machine fail inside it.</param>
    public static StallCause Of(in SocketEntry entry, in TcpVitals vitals, TimeSpan? heard, bool dropsHere)
    {
        if (vitals.UnackedSegments == 0)
        {
            return entry.Timer == SocketTimer.ZeroWindowProbe ? (vitals.Probes < UnansweredProbes ? StallCause.WindowClosed : StallCause.Unanswered)
                : entry.SendQueue == 0 ? StallCause.Idle
                : StallCause.None;
        }

        if (vitals.Backoff < StuckBackoff)
        {
            return vitals.Retransmits > 0 || vitals.LostSegments > 0 ? StallCause.Loss : StallCause.None;
        }

        bool isPeerAlive = heard < StuckFor(in entry, in vitals);
        return dropsHere ? StallCause.LocalDrop
            : isPeerAlive && IsBigAfterSmall(in entry, in vitals) ? StallCause.BigPacketsVanish
            : isPeerAlive && vitals.Backoff < HopelessBackoff ? StallCause.Loss
            : StallCause.Unanswered;
    }

    /// <summary>
    /// For how long the timeouts have been doubling, at least: those that are over, each half of its successor, and the elapsed
    /// part of the present one.
    /// </summary>
    public static TimeSpan StuckFor(in SocketEntry entry, in TcpVitals vitals)
    {
        TimeSpan present = TimeSpan.FromMicroseconds(vitals.RetransmissionTimeoutMicroseconds);
        TimeSpan first = present / Math.Pow(2, vitals.Backoff);
        TimeSpan rest = TimeSpan.FromMilliseconds(entry.TimerMilliseconds);
        return present - first + (rest < present ? present - rest : TimeSpan.Zero);
    }

    /// <summary>Segments under way are larger than every path carries, and those acknowledged so far were not.</summary>
    private static bool IsBigAfterSmall(in SocketEntry entry, in TcpVitals vitals)
    {
        if (vitals is not { BytesAcked: { } acked, DataSegmentsSent: { } sent, NotSentBytes: { } notSent })
        {
            return false;
        }

        uint small = entry.Remote.Address.IsV4Mapped ? SmallOctetsV4 : SmallOctetsV6;
        long passed = (long)sent - vitals.TotalRetransmittedSegments - vitals.UnackedSegments;
        long underWay = (long)entry.SendQueue - notSent;
        return underWay > (long)small * vitals.UnackedSegments && acked <= (ulong)(small * Math.Max(passed, 1));
    }
}
