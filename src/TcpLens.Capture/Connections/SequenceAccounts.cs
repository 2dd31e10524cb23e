using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>What sequence numbers, windows and offers add to the account of an end.</summary>
internal static class SequenceAccounts
{
    public static void Fill(in SequenceState end, EndAccount account)
    {
        account.StreamOctets = end.StreamOctets;
        account.InitialSequence = end.Has(SequenceFacts.Syn) ? end.Origin : null;
        account.MaximumSegmentSize = end.Has(SequenceFacts.AnnouncedMss) ? end.MaximumSegmentSize : null;
        account.WindowShift = end.Has(SequenceFacts.AnnouncedScale) ? end.AnnouncedShift : null;
        account.OffersSack = end.Has(SequenceFacts.OffersSack);
        account.UsesTimestamps = end.Has(SequenceFacts.UsesTimestamps);
        account.SmallestWindow = end.Has(SequenceFacts.HasWindow) ? end.SmallestWindow : null;
        account.LargestWindow = end.Has(SequenceFacts.HasWindow) ? end.LargestWindow : null;
        account.MostInFlight = end.MostInFlight;
    }

    /// <summary>
    /// The first wrong checksums of an end were called bad, before there were enough to see that its interface fills them in: once
    /// that is known, all of them are counted as what they are.
    /// </summary>
    public static void SettleChecksums(in SequenceState end, EndAccount account)
    {
        long bad = account.CountOf(SegmentMarks.BadChecksum);
        if (bad == 0 || !ChecksumMarks.AreLeft(in end))
        {
            return;
        }

        var marks = new Dictionary<SegmentMarks, long>(account.Marks);
        marks.Remove(SegmentMarks.BadChecksum);
        marks[SegmentMarks.OffloadedChecksum] = bad + account.CountOf(SegmentMarks.OffloadedChecksum);
        account.Marks = marks;
    }
}
