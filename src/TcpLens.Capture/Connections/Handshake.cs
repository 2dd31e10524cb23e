using System.Runtime.CompilerServices;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What SYNs tell, and what the first segment tells of a connection whose SYNs were not captured.</summary>
internal static class Handshake
{
    private const ControlBits Congestion = ControlBits.Ece | ControlBits.Cwr | ControlBits.Ae;

    /// <summary>Sets the origins of relative numbers before a segment is judged.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Settle(in CapturedSegment segment, ref SequenceState sender, ref SequenceState receiver)
    {
        bool isSyn = segment.HasAny(ControlBits.Syn);
        if (!sender.Has(SequenceFacts.HasOrigin))
        {
            sender.BeginAt(isSyn ? segment.Sequence : segment.Sequence + uint.MaxValue, segment.Sequence);
        }
        else if (isSyn)
        {
            SettleSyn(in segment, ref sender, in receiver);
        }

        if (!receiver.Has(SequenceFacts.HasOrigin) && segment.HasAny(ControlBits.Ack))
        {
            receiver.BeginAt(segment.Acknowledgment + uint.MaxValue, segment.Acknowledgment);
        }
    }

    /// <summary>Remembers the offers of a SYN, and what the two agreed on.</summary>
    public static void Learn(in CapturedSegment syn, ref SequenceState sender, ref SequenceState receiver)
    {
        sender.Facts |= SequenceFacts.Syn;
        LearnOptions(in syn, ref sender);
        LearnScale(in syn, ref sender, ref receiver);
        LearnAccurateEcn(syn.Bits, ref sender, ref receiver);
    }

    private static void SettleSyn(in CapturedSegment syn, ref SequenceState sender, in SequenceState receiver)
    {
        if (syn.Sequence != sender.Origin)
        {
            // With another number after one that was acknowledged it opens nothing: see ResetMarks.
            if (!sender.Has(SequenceFacts.Syn) || !receiver.Has(SequenceFacts.HasAcknowledged))
            {
                sender.MoveOrigin(syn.Sequence);
            }
        }
        else if (!syn.HasAny(ControlBits.Ack) && sender.Has(SequenceFacts.Seen))
        {
            // The SYN again: a RST in between may have had a number of the other end's choosing, which is no place in this stream.
            sender.Next = sender.Unwrap(sender.Unbroken);
        }
    }

    private static void LearnOptions(in CapturedSegment syn, ref SequenceState sender)
    {
        SegmentOptions options = syn.Options;
        if ((options & SegmentOptions.MaximumSegmentSize) != SegmentOptions.None)
        {
            sender.MaximumSegmentSize = syn.MaximumSegmentSize;
            sender.Facts |= SequenceFacts.AnnouncedMss;
        }

        sender.Facts |= (options & SegmentOptions.SackPermitted) != SegmentOptions.None ? SequenceFacts.OffersSack : SequenceFacts.None;
        sender.Facts |= (options & SegmentOptions.Timestamps) != SegmentOptions.None ? SequenceFacts.UsesTimestamps : SequenceFacts.None;
    }

    /// <summary>
    /// RFC 7323 §2.2: scaling needs the option in both SYNs, and an answer may carry it only where the question did. So the answer
    /// alone tells its sender's shift, and one SYN without the option rules out both.
    /// </summary>
    private static void LearnScale(in CapturedSegment syn, ref SequenceState sender, ref SequenceState receiver)
    {
        if ((syn.Options & SegmentOptions.WindowScale) != SegmentOptions.None)
        {
            sender.AnnouncedShift = Math.Min(syn.WindowShift, WindowScale.MaxShift);
            sender.Shift = sender.AnnouncedShift;
            sender.Facts |= SequenceFacts.AnnouncedScale | SequenceFacts.ScaleKnown;
        }

        bool isAnswer = syn.HasAny(ControlBits.Ack);
        if (!sender.Has(SequenceFacts.ScaleKnown))
        {
            RefuseScale(ref sender);
            RefuseScale(ref receiver);
        }
        else if (isAnswer && receiver.Has(SequenceFacts.ScaleRefused))
        {
            RefuseScale(ref sender);
        }
    }

    private static void RefuseScale(ref SequenceState end)
    {
        end.Shift = 0;
        end.Facts |= SequenceFacts.ScaleRefused | SequenceFacts.ScaleKnown;
    }

    /// <summary>RFC 9768 §3.1.1: the SYN sets all three bits; an answer other than none, all, or ECE alone agrees.</summary>
    private static void LearnAccurateEcn(ControlBits bits, ref SequenceState sender, ref SequenceState receiver)
    {
        ControlBits congestion = bits & Congestion;
        if (!bits.Has(ControlBits.Ack))
        {
            sender.Facts |= congestion == Congestion ? SequenceFacts.AccurateEcn : SequenceFacts.None;
        }
        else if (receiver.Has(SequenceFacts.AccurateEcn) && congestion is not (ControlBits.None or ControlBits.Ece or Congestion))
        {
            sender.Facts |= SequenceFacts.AccurateEcn;
        }
        else
        {
            receiver.Facts &= ~SequenceFacts.AccurateEcn;
        }
    }
}
