using TcpLens.Capture;
using TcpLens.Observation;
using TcpLens.Protocol;
using SackBlock = TcpLens.Capture.SackBlock;
using SegmentOptions = TcpLens.Capture.SegmentOptions;

namespace TcpLens.Cli;

/// <summary>A segment in words: "PSH+ACK", "1:1449 (1448)", "ack 1", "win 64240", and its marks.</summary>
internal static class SegmentWords
{
    /// <summary>Marks that are shown otherwise (SACK blocks), or say more of the place of the capture than of the segment.</summary>
    private const SegmentMarks Unsaid = SegmentMarks.SelectiveAck | SegmentMarks.OffloadedChecksum | SegmentMarks.Oversized | SegmentMarks.Truncated;

    /// <summary>The parts of its header that matter, in the order of their weight.</summary>
    public static List<string> Header(in KeptSegment kept, bool raw)
    {
        CapturedSegment segment = kept.Segment;
        SegmentVerdict verdict = kept.Verdict;
        List<string> parts = [ControlBitsText.Format(segment.Bits)];
        long sequence = raw ? segment.Sequence.Value : verdict.RelativeSequence;
        if (segment.PayloadLength > 0)
        {
            long end = raw ? (segment.Sequence + segment.PayloadLength).Value : sequence + segment.PayloadLength;
            parts.Add($"{sequence}:{end} ({segment.PayloadLength})");
        }
        else if (segment.HasAny(ControlBits.Syn | ControlBits.Fin | ControlBits.Rst) || raw)
        {
            parts.Add($"seq {sequence}");
        }

        if (segment.Has(ControlBits.Ack))
        {
            parts.Add($"ack {(raw ? segment.Acknowledgment.Value : verdict.RelativeAcknowledgment)}");
        }

        parts.Add($"win {(raw ? segment.Window.Raw : verdict.Window)}");
        AddOptions(in segment, parts);
        AddSacks(in segment, in verdict, raw, parts);
        return parts;
    }

    /// <summary>Its marks, each as people say it.</summary>
    public static IEnumerable<(string Text, MarkWeight Weight)> Marks(KeptSegment kept)
    {
        foreach (MarkInfo info in MarkCatalog.All)
        {
            if ((kept.Verdict.Marks & ~Unsaid).HasAny(info.Mark))
            {
                yield return (Text(info, kept), info.Weight);
            }
        }
    }

    private static string Text(MarkInfo info, KeptSegment kept) => info.Mark switch
    {
        SegmentMarks.Retransmission when kept.Verdict.Retransmission != RetransmissionKind.None => $"retransmission ({kept.Verdict.Retransmission.Words()})",
        SegmentMarks.DuplicateAck when kept.Verdict.DuplicateAckNumber > 0 => $"duplicate ACK #{kept.Verdict.DuplicateAckNumber}",
        SegmentMarks.GapBefore when kept.Missing > 0 => $"{kept.Missing:N0} octets before it are missing",
        SegmentMarks.AckOfUnseen when kept.Missing > 0 => $"acknowledges {kept.Missing:N0} octets that were not captured",
        SegmentMarks.IllegalBits when kept.Segment.Bits.Fault is not ControlBitsFault.None => $"illegal control bits ({FaultText(kept.Segment.Bits.Fault)})",
        _ => info.Name,
    };

    private static string FaultText(ControlBitsFault fault) => fault switch
    {
        ControlBitsFault.None => "",
        ControlBitsFault.Null => "none set",
        ControlBitsFault.Christmas => "Christmas tree",
        ControlBitsFault.SynFin => "SYN with FIN",
        ControlBitsFault.SynRst => "SYN with RST",
        ControlBitsFault.FinRst => "FIN with RST",
        ControlBitsFault.NoAck => "no ACK",
    };

    private static void AddOptions(in CapturedSegment segment, List<string> parts)
    {
        if (!segment.Has(ControlBits.Syn))
        {
            return;
        }

        if ((segment.Options & SegmentOptions.MaximumSegmentSize) != SegmentOptions.None)
        {
            parts.Add($"mss {segment.MaximumSegmentSize}");
        }

        if ((segment.Options & SegmentOptions.WindowScale) != SegmentOptions.None)
        {
            parts.Add($"scale {segment.WindowShift}");
        }

        foreach ((SegmentOptions option, string name) in (ReadOnlySpan<(SegmentOptions, string)>)
            [(SegmentOptions.SackPermitted, "SACK"), (SegmentOptions.Timestamps, "timestamps"), (SegmentOptions.FastOpen, "fast open"), (SegmentOptions.Multipath, "multipath")])
        {
            if ((segment.Options & option) != SegmentOptions.None)
            {
                parts.Add(name);
            }
        }
    }

    /// <summary>Blocks stand as far from the acknowledged octet as in the header.</summary>
    private static void AddSacks(in CapturedSegment segment, in SegmentVerdict verdict, bool raw, List<string> parts)
    {
        for (int i = 0; i < Math.Min(segment.SackCount, (byte)4); i++)
        {
            SackBlock block = segment.Sacks[i];
            long left = raw ? block.Left.Value : verdict.RelativeAcknowledgment + (block.Left - segment.Acknowledgment);
            long right = raw ? block.Right.Value : verdict.RelativeAcknowledgment + (block.Right - segment.Acknowledgment);
            parts.Add($"sack {left}:{right}");
        }
    }
}
