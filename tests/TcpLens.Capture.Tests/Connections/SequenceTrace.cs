using System.Globalization;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>
/// A connection as a trace that reads like one, judged line by line. A line names its sender, its bits and what else matters; after
/// the bar stand the marks that it must get, all of them:
/// <code>
/// A SYN     seq 999 mss 1460 scale 7
/// B SYN+ACK seq 4999 ack 1000
/// A ACK     seq 1000 ack 5000 len 100
/// A ACK     seq 1000 ack 5000 len 100 | old
/// </code>
/// "old" is a retransmission or a segment out of order, undecided. The window is 1000 where nothing else is said.
/// </summary>
internal sealed class SequenceTrace
{
    private readonly SequenceState[] _ends = new SequenceState[2];
    private readonly SegmentMarks _compared;

    private SequenceTrace(SegmentMarks compared) => _compared = compared;

    public ref SequenceState A => ref _ends[0];

    public ref SequenceState B => ref _ends[1];

    public uint InFlightOfA => A.InFlight(in B);

    /// <summary>Plays a trace; marks other than those compared may be there or not.</summary>
    public static SequenceTrace Of(string lines, SegmentMarks compared = (SegmentMarks)ulong.MaxValue)
    {
        var trace = new SequenceTrace(compared);
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line[0] != '#')
            {
                trace.Play(line);
            }
        }

        return trace;
    }

    public void Play(string line)
    {
        string[] halves = line.Split('|', StringSplitOptions.TrimEntries);
        string[] words = halves[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int sender = words[0][0] - 'A';
        CapturedSegment segment = Parse(words);
        SegmentMarks marks = SequenceJudge.Judge(in segment, ref _ends[sender], ref _ends[1 - sender]) & _compared;
        SegmentMarks expected = halves.Length > 1 ? MarksOf(halves[1]) : SegmentMarks.None;
        Assert.True(expected == marks, $"{line}\n  was given: {marks}");
    }

    private static CapturedSegment Parse(string[] words)
    {
        Assert.True(ControlBitsText.TryParse(words[1], out ControlBits bits), words[1]);
        var segment = new CapturedSegment { Bits = bits, Window = new(1000) };
        for (int at = 2; at < words.Length; at++)
        {
            switch (words[at])
            {
                case "seq":
                    segment.Sequence = new(Number(words[++at]));
                    break;
                case "ack":
                    segment.Acknowledgment = new(Number(words[++at]));
                    break;
                case "len":
                    segment.PayloadLength = Number(words[++at]);
                    break;
                case "win":
                    segment.Window = new((ushort)Number(words[++at]));
                    break;
                case "mss":
                    segment.MaximumSegmentSize = (ushort)Number(words[++at]);
                    segment.Options |= SegmentOptions.MaximumSegmentSize;
                    break;
                case "scale":
                    segment.WindowShift = (byte)Number(words[++at]);
                    segment.Options |= SegmentOptions.WindowScale;
                    break;
                case "sack":
                    string[] edges = words[++at].Split('-');
                    segment.Sacks[segment.SackCount++] = new(new(Number(edges[0])), new(Number(edges[1])));
                    segment.Options |= SegmentOptions.Sack;
                    break;
                case "sackOK":
                    segment.Options |= SegmentOptions.SackPermitted;
                    break;
                case "ts":
                    segment.Options |= SegmentOptions.Timestamps;
                    break;
                case "ce":
                    segment.Ecn = 3;
                    break;
                case "cut":
                    segment.IsTruncated = true;
                    break;
                case "sum":
                    segment.Checksum = Enum.Parse<ChecksumVerdict>(words[++at], ignoreCase: true);
                    break;
                default:
                    throw new FormatException($"'{words[at]}' is no word of a trace");
            }
        }

        return segment;
    }

    private static SegmentMarks MarksOf(string text)
    {
        SegmentMarks marks = SegmentMarks.None;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            marks |= word == "old" ? SequenceJudge.OldOctets : Enum.Parse<SegmentMarks>(word);
        }

        return marks;
    }

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);
}
