using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>An ACK, taken step by step: what it reports twice, what it covers by SACK and by number, how long that took.</summary>
internal static class AckIntake
{
    public static Delivery Begin(RecoveryPhases phases, in AckFacts ack, Instant now)
    {
        Instant believable = now.AddMicroseconds(-phases.Rtt.Minimum);
        if (ack.EchoedSentAt is { } echoed && echoed.AddMicroseconds(Undo.EchoGrain) < believable)
        {
            believable = echoed.AddMicroseconds(Undo.EchoGrain);
        }

        return new()
        {
            Highest = phases.Sent.HighestSacked(ack.Unacknowledged),
            RecoveryPoint = phases.Point,
            SegmentSize = phases.Window.SegmentSize,
            LatestBelievable = believable,
        };
    }

    /// <summary>True when it reports a duplicate (RFC 2883) of what was sent again here.</summary>
    public static bool TakeDuplicate(RecoveryPhases phases, in AckFacts ack, in TailProbe probe, ref RecoveryTally tally, out bool isProbe)
    {
        isProbe = false;
        if (!SackReader.TryFindDuplicate(in ack, phases.Next, out SackBlock duplicate))
        {
            return false;
        }

        if (duplicate.Length > tally.OctetsRetransmitted)
        {
            tally.OnDubious();
            return false;
        }

        isProbe = probe.IsTheDuplicate(duplicate.Right);
        tally.OnDuplicate(
            SentSegments.InSegments(duplicate.Length, phases.Window.SegmentSize), duplicate.Left.IsBefore(ack.Acknowledgment));
        phases.OnDuplicateReported(duplicate.Right, duplicate.Length, isProbe);
        return true;
    }

    /// <summary>What lies before SEG.ACK is in flight no more.</summary>
    public static void TakeAcknowledgment(RecoveryPhases phases, in AckFacts ack, ref Delivery delivery)
    {
        ref SentSegments sent = ref phases.Sent;
        int before = sent.Octets, duplicates = sent.Duplicates;
        sent.Acknowledge(ack.Acknowledgment, ref delivery);
        int acknowledged = before - sent.Octets;
        if (acknowledged == 0)
        {
            return;
        }

        delivery.Advances = true;
        phases.Timeouts = 0;
        if (duplicates != 0)
        {
            // One segment filled the hole; the others are those that duplicate ACKs had told of.
            delivery.Discount(duplicates);
            sent.ForgetDuplicates(acknowledged - phases.Window.SegmentSize);
        }
    }

    /// <summary>RFC 6298 §3 (Karn): of what was sent once, else by the timestamp that came back (RFC 7323 §4).</summary>
    public static void MeasureRtt(RecoveryPhases phases, in AckFacts ack, in Delivery delivery, int inFlight, Instant now)
    {
        int samples = inFlight / (2 * phases.Window.SegmentSize);
        if (delivery.HasOriginalTimes && !delivery.HasRetransmitted)
        {
            int latest = now.MicrosecondsSince(delivery.NewestSentAt);
            phases.Rtt.OnMinimumSample(latest, now);
            phases.Rtt.OnSample(now.MicrosecondsSince(delivery.OldestSentAt), samples);
            if (delivery.Advances)
            {
                phases.Control.OnRtt(latest, ack.Acknowledgment, phases.Next);
            }
        }
        else if (delivery.Advances && ack.EchoedRtt is { } rtt)
        {
            phases.Rtt.OnSample((int)Math.Min(rtt.Ticks / TimeSpan.TicksPerMicrosecond, int.MaxValue), samples);
        }
    }
}
