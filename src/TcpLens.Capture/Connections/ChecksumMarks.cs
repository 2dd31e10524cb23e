using System.Runtime.CompilerServices;
using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// Wrong checksums that are damage, and those that the sender's interface fills in only after the capture saw the segment. Where the
/// reader cannot tell by the checksum itself, the end's others do.
/// </summary>
internal static class ChecksumMarks
{
    /// <summary>So many wrong ones, and more than right ones, are no damage.</summary>
    private const int Evidence = 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SegmentMarks Of(ChecksumVerdict checksum, ref SequenceState sender)
    {
        switch (checksum)
        {
            case ChecksumVerdict.Good:
                sender.GoodChecksums = (ushort)Math.Min(sender.GoodChecksums + 1, ushort.MaxValue);
                return SegmentMarks.None;
            case ChecksumVerdict.Offloaded:
                return SegmentMarks.OffloadedChecksum;
            case ChecksumVerdict.Bad:
                sender.BadChecksums = (ushort)Math.Min(sender.BadChecksums + 1, ushort.MaxValue);
                return AreLeft(in sender) ? SegmentMarks.OffloadedChecksum : SegmentMarks.BadChecksum;
            default:
                return SegmentMarks.None;
        }
    }

    /// <summary>The other end acknowledges all there is: segments that are mostly wrong here were right where they arrived.</summary>
    public static void NoteArrival(in CapturedSegment acknowledgment, ref SequenceState acknowledged)
    {
        if (acknowledged.BadChecksums > acknowledged.GoodChecksums && acknowledgment.Acknowledgment == acknowledged.NextNumber)
        {
            acknowledged.Facts |= SequenceFacts.WrongChecksumsArrive;
        }
    }

    /// <summary>True when the end leaves its checksums to its interface.</summary>
    public static bool AreLeft(in SequenceState end)
        => end.BadChecksums > end.GoodChecksums && (end.BadChecksums >= Evidence || end.Has(SequenceFacts.WrongChecksumsArrive));
}
