using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>How an end is making up for a loss.</summary>
internal enum RecoveryPhase : byte
{
    None,

    /// <summary>Begun by its timer.</summary>
    Timeout,

    /// <summary>Begun by duplicate ACKs or SACK blocks.</summary>
    Fast,

    /// <summary>Begun by something this capture does not show.</summary>
    Unexplained,
}

/// <summary>What is remembered of an end once something is missing: what the other end asked for, and what this one sent again.</summary>
internal struct RecoveryState
{
    /// <summary>What the receiver signalled since it last acknowledged something new, and what it had signalled before that.</summary>
    public Signs Signs;
    public Signs EarlierSigns;

    public Gap Gap;

    /// <summary>Octets in the SACK blocks of the last ACK that had some.</summary>
    public uint SackedOctets;

    /// <summary>What had been sent when the recovery began: with its acknowledgment it is over (RFC 6582 §3.2).</summary>
    public SeqNum Point;

    /// <summary>Where the last retransmission began.</summary>
    public SeqNum LastResent;

    public RecoveryPhase Phase;

    /// <summary>True when the last retransmission was a timeout's.</summary>
    public bool LastWasTimeout;

    /// <summary>True while nothing new was sent since the last retransmission.</summary>
    public bool IsResending;

    /// <summary>Something new was acknowledged.</summary>
    public void Advance(SeqNum acknowledgment)
    {
        if (!Point.IsAfter(acknowledgment))
        {
            Phase = RecoveryPhase.None;
        }

        if (Signs.Any)
        {
            EarlierSigns = Signs;
        }

        Signs = new() { Acknowledgment = acknowledgment };
    }

    public void TakeSacks(in CapturedSegment acknowledgment, uint segmentSize)
    {
        int farthest = 0;
        SackedOctets = 0;
        for (int at = 0; at < acknowledgment.SackCount; at++)
        {
            SackBlock block = acknowledgment.Sacks[at];
            if (block.Right.IsAfter(acknowledgment.Acknowledgment))
            {
                SackedOctets += (uint)Math.Max(0, block.Right - block.Left);
                farthest = Math.Max(farthest, block.Right - acknowledgment.Acknowledgment);
            }
        }

        if (farthest <= 3 * segmentSize)
        {
            Signs.FarAhead = default;
        }
        else if (Phase == RecoveryPhase.None)
        {
            Signs.FarAhead.Add(acknowledgment.TimeNanoseconds);
        }
    }

    /// <summary>Remembers a retransmission and what it was for.</summary>
    public void Enter(RetransmissionKind kind, in Resending it)
    {
        LastWasTimeout = kind is RetransmissionKind.Timeout or RetransmissionKind.BackedOffTimeout or RetransmissionKind.Control;
        if (LastWasTimeout)
        {
            (Phase, Point) = (RecoveryPhase.Timeout, it.Sender.Highest);
        }
        else if (Phase == RecoveryPhase.None)
        {
            Phase = kind is RetransmissionKind.Recovery or RetransmissionKind.Unknown ? RecoveryPhase.Unexplained : RecoveryPhase.Fast;
            Point = IsResending ? Point : it.Sender.Highest;
        }

        LastResent = it.Segment.Sequence;
        IsResending = true;
    }

    /// <summary>RFC 3042: new octets right after a first or second duplicate ACK, outside of a recovery.</summary>
    public readonly bool IsLimitedTransmit(in CapturedSegment segment, NetworkPath path)
        => Phase == RecoveryPhase.None && path.HasTurnaround
            && (Signs.Duplicates.IsAnswer(0, segment.TimeNanoseconds, path, path.Promptness)
                || Signs.Duplicates.IsAnswer(1, segment.TimeNanoseconds, path, path.Promptness));
}
