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

/// <summary>What all connections to one address say of the host there.</summary>
/// <param name="Heard">Since anything came from it, on whatever connection; null when that is unknown.</param>
/// <param name="LargestPassedOctets">Mean size of acknowledged segments, of the connection on which it is largest.</param>
internal readonly record struct RemoteSigns(TimeSpan? Heard, uint LargestPassedOctets);

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

    private const double NearlyFull = 0.75;

    /// <param name="entry">A connection that a process holds.</param>
    /// <param name="vitals">What tcp_info says of it.</param>
    /// <param name="remote">What all connections to the peer's address say of it.</param>
    /// <param name="dropsHere">True when most retransmissions of this machine fail inside it.</param>
    public static StallCause Of(in SocketEntry entry, in TcpVitals vitals, RemoteSigns remote, bool dropsHere)
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

        bool isPeerAlive = remote.Heard < StuckFor(in entry, in vitals);
        return dropsHere ? StallCause.LocalDrop
            : isPeerAlive && IsLargeAfterSmall(in entry, in vitals, remote.LargestPassedOctets) ? StallCause.BigPacketsVanish
            : isPeerAlive && vitals.Backoff < HopelessBackoff ? StallCause.Loss
            : StallCause.Unanswered;
    }

    /// <summary>Mean size of the segments that were acknowledged; null when none were, or the kernel does not count them (before 4.19).</summary>
    public static uint? PassedOctets(in TcpVitals vitals)
    {
        long passed = (long)(vitals.DataSegmentsSent ?? 0) - vitals.TotalRetransmittedSegments - vitals.UnackedSegments;
        return vitals.BytesAcked is { } acked && passed > 0 ? (uint)Math.Min(acked / (ulong)passed, uint.MaxValue) : null;
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

    /// <summary>What is under way is nearly as large as it may be, and nothing of that size has ever been acknowledged from there.</summary>
    private static bool IsLargeAfterSmall(in SocketEntry entry, in TcpVitals vitals, uint largestPassedOctets)
    {
        if (vitals.NotSentBytes is not { } notSent || vitals.DataSegmentsSent is null)
        {
            return false;
        }

        double size = ((double)entry.SendQueue - notSent) / vitals.UnackedSegments;
        uint small = entry.Remote.Address.IsV4Mapped ? SmallOctetsV4 : SmallOctetsV6;
        return size > small && size > vitals.SendMssBytes * NearlyFull && (PassedOctets(in vitals) ?? 0) <= small && largestPassedOctets < size * NearlyFull;
    }
}
