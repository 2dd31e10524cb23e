using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Loss found by number where time is not to be used (RFC 6675 §4).</summary>
internal static class SackLosses
{
    /// <summary>DupThresh, as long as the path was not seen to reorder by more.</summary>
    public const int DuplicateThreshold = 3;

    /// <summary>
    /// IsLost: three ranges above it, or more than two segments' worth of octets, have arrived. What was sent again is not judged a second
    /// time; that is left to the timer.
    /// </summary>
    /// <param name="sent">In flight.</param>
    /// <param name="threshold">DupThresh: segments by which the path is known to reorder.</param>
    /// <param name="segmentSize">Octets.</param>
    public static void Mark(ref SentSegments sent, int threshold, int segmentSize)
    {
        int octets = 0, ranges = 0;
        bool inside = false;
        for (int i = sent.Count - 1; i >= 0; i--)
        {
            ref SentSegment segment = ref sent[i];
            if (segment.Has(SentFlags.Sacked))
            {
                octets += segment.Length;
                ranges += inside ? 0 : 1;
                inside = true;
                continue;
            }

            inside = false;
            if ((ranges >= threshold || octets > (threshold - 1) * segmentSize)
                && !segment.Has(SentFlags.Lost | SentFlags.Retransmitted))
            {
                sent.MarkLost(i);
            }
        }
    }

    /// <summary>The first octets before <paramref name="end"/> of which nothing is known, neither that they arrived nor that they did not; −1 without.</summary>
    public static int FindUnknown(in SentSegments sent, SeqNum end)
    {
        for (int i = 0; i < sent.Count && sent[i].Start.IsBefore(end); i++)
        {
            if (!sent[i].Has(SentFlags.Sacked | SentFlags.Retransmitted | SentFlags.Lost))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The last octets in flight of which nothing is known; −1 without.</summary>
    public static int FindLastUnknown(in SentSegments sent)
    {
        int index = sent.Count - 1;
        while (index >= 0 && sent[index].Has(SentFlags.Sacked | SentFlags.Retransmitted | SentFlags.Lost))
        {
            index--;
        }

        return index;
    }
}
