using System.Globalization;
using System.Text;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Segments, times and amounts as the pictures write them.</summary>
internal static class PictureWords
{
    /// <summary>"PSH, ACK  seq 1:1,449  ack 1  win 64,240  len 1,448": places relative to the first of each stream.</summary>
    public static string Of(in JudgedSegment judged)
    {
        CapturedSegment segment = judged.Segment;
        SegmentVerdict verdict = judged.Verdict;
        StringBuilder words = new(segment.Bits.Words());
        words.Append(CultureInfo.InvariantCulture, $"  seq {verdict.RelativeSequence:N0}");
        if (segment.SequenceLength > 0)
        {
            words.Append(CultureInfo.InvariantCulture, $":{verdict.RelativeSequence + segment.SequenceLength:N0}");
        }

        if (segment.Has(ControlBits.Ack))
        {
            words.Append(CultureInfo.InvariantCulture, $"  ack {verdict.RelativeAcknowledgment:N0}");
        }

        if (!segment.Has(ControlBits.Rst))
        {
            words.Append(CultureInfo.InvariantCulture, $"  win {verdict.Window:N0}");
        }

        return words.Append(CultureInfo.InvariantCulture, $"  len {segment.PayloadLength:N0}").ToString();
    }

    /// <summary>Marks of how the capture was taken: whole connections have them, and they say nothing about the segment.</summary>
    public const SegmentMarks OfTheCapture = SegmentMarks.Truncated | SegmentMarks.OffloadedChecksum | SegmentMarks.Oversized;

    /// <summary>"retransmission (timeout)", "duplicate ACK #2", …, gravest first; without those that are left out.</summary>
    public static List<(MarkWeight Weight, string Words)> MarksOf(in JudgedSegment judged, SegmentMarks leftOut)
    {
        List<(MarkWeight Weight, string Words)> found = [];
        foreach (MarkInfo info in MarkCatalog.All)
        {
            if ((judged.Verdict.Marks & ~leftOut & info.Mark) != SegmentMarks.None)
            {
                found.Add((info.Weight, Detailed(info, in judged)));
            }
        }

        found.Sort(static (one, other) => other.Weight.CompareTo(one.Weight));
        return found;
    }

    /// <summary>The blocks in the numbers of the stream that they are about: "2,897:4,345 5,793:7,241".</summary>
    public static string Sacks(in JudgedSegment judged)
    {
        StringBuilder words = new();
        foreach ((long left, long right) in SackRanges(in judged))
        {
            words.Append(words.Length == 0 ? "" : " ").Append(CultureInfo.InvariantCulture, $"{left:N0}:{right:N0}");
        }

        return words.ToString();
    }

    public static List<(long Left, long Right)> SackRanges(in JudgedSegment judged)
    {
        List<(long Left, long Right)> ranges = [];
        CapturedSegment segment = judged.Segment;
        for (int at = 0; at < Math.Min(segment.SackCount, (byte)4); at++)
        {
            SackBlock block = segment.Sacks[at];
            long left = judged.Verdict.RelativeAcknowledgment + (block.Left - segment.Acknowledgment);
            ranges.Add((left, left + Math.Max(0, block.Right - block.Left)));
        }

        return ranges;
    }

    /// <summary>"850 ns", "12.3 µs", "4.56 ms", "1.23 s", "2 min 05 s", "3 h 20 min"</summary>
    public static string Time(double nanoseconds) => Math.Abs(nanoseconds) switch
    {
        < 1e3 => $"{nanoseconds:0} ns",
        < 1e6 => $"{nanoseconds / 1e3:0.#} µs",
        < 1e9 => $"{nanoseconds / 1e6:0.##} ms",
        < 120e9 => $"{nanoseconds / 1e9:0.##} s",
        < 7200e9 => $"{Math.Truncate(nanoseconds / 60e9):0} min {Math.Truncate(Math.Abs(nanoseconds) % 60e9 / 1e9):00} s",
        < 172800e9 => $"{Math.Truncate(nanoseconds / 3600e9):0} h {Math.Truncate(Math.Abs(nanoseconds) % 3600e9 / 60e9):00} min",
        _ => $"{nanoseconds / 86400e9:0.#} days",
    };

    /// <summary>"2011-01-25 18:52:22.484409 UTC"</summary>
    public static string Date(Instant at)
        => DateTime.UnixEpoch.AddTicks(at.Nanoseconds / TimeSpan.NanosecondsPerTick).ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + " UTC";

    private static string Detailed(MarkInfo info, in JudgedSegment judged) => info.Mark switch
    {
        SegmentMarks.Retransmission when judged.Verdict.Retransmission != RetransmissionKind.None => $"retransmission ({judged.Verdict.Retransmission.Words()})",
        SegmentMarks.DuplicateAck when judged.Verdict.DuplicateAckNumber > 0 => $"duplicate ACK #{judged.Verdict.DuplicateAckNumber:N0}",
        SegmentMarks.SelectiveAck or SegmentMarks.DuplicateSack when judged.Segment.SackCount > 0 && !SaysBlocksTwice(info.Mark, judged.Verdict.Marks) => $"{info.Name} {Sacks(in judged)}",
        SegmentMarks.IllegalBits => $"{info.Name} ({judged.Segment.Bits.Words()})",
        _ => info.Name,
    };

    /// <summary>A segment with both marks names its blocks once, at SACK.</summary>
    private static bool SaysBlocksTwice(SegmentMarks mark, SegmentMarks all)
        => mark == SegmentMarks.DuplicateSack && (all & SegmentMarks.SelectiveAck) != SegmentMarks.None;
}
