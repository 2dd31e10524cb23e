using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Reads the blocks of an ACK (RFC 2018, RFC 2883). A block that no receiver could mean is passed over.</summary>
internal static class SackReader
{
    /// <summary>Marks what the blocks say has arrived. One that reports a duplicate lies below SND.UNA, or inside another.</summary>
    public static void Mark(ref SentSegments sent, in AckFacts ack, ref Delivery delivery)
    {
        for (int i = 0; i < ack.Sack.Count; i++)
        {
            SackBlock block = ack.Sack[i];
            if (block.Length > 0 && sent.Count > 0 && !block.Left.IsBefore(sent.Start) && !block.Right.IsAfter(sent.End)
                && block.Left.IsBefore(sent.End))
            {
                Mark(ref sent, block, ref delivery);
            }
        }
    }

    /// <summary>RFC 2883 §5: the first block lies below the acknowledgment, or inside the second block.</summary>
    public static bool TryFindDuplicate(in AckFacts ack, SeqNum next, out SackBlock duplicate)
    {
        duplicate = ack.Sack.Count == 0 ? default : ack.Sack[0];
        if (duplicate.Length <= 0 || duplicate.Right.IsAfter(next))
        {
            return false;
        }

        return duplicate.Left.IsBefore(ack.Acknowledgment)
            || (ack.Sack.Count > 1 && !duplicate.Left.IsBefore(ack.Sack[1].Left) && !duplicate.Right.IsAfter(ack.Sack[1].Right));
    }

    private static void Mark(ref SentSegments sent, SackBlock block, ref Delivery delivery)
    {
        for (int i = sent.Find(block.Left); i < sent.Count && sent[i].Start.IsBefore(block.Right); i++)
        {
            if (sent[i].Has(SentFlags.Sacked))
            {
                continue;
            }

            if (sent[i].Start.IsBefore(block.Left))
            {
                if (sent.CanSplit(delivery.SegmentSize))
                {
                    sent.Split(i, block.Left);
                }

                continue;
            }

            if (sent[i].End.IsAfter(block.Right))
            {
                if (!sent.CanSplit(delivery.SegmentSize))
                {
                    return;
                }

                sent.Split(i, block.Right);
            }

            delivery.TakeSacked(in sent[i]);
            i = sent.MarkSacked(i);
        }
    }
}
