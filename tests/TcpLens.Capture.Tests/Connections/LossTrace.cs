using System.Globalization;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>
/// A connection as a trace that reads like one, judged line by line by the whole analyzer. A line has its time in milliseconds, its
/// sender, its bits and what else matters; after the bar stands what must be told of it about loss, and nothing else may be:
/// <code>
///  60 B ACK seq 1 len 1000
/// 300 B ACK seq 1 len 1000 | Retransmission Timeout
/// </code>
/// A calls B. What a line does not say is 0, but the window, which is 1000, and ACKs acknowledge 1.
/// </summary>
internal sealed class LossTrace : IConnectionSink
{
    private const SegmentMarks OfLoss = SegmentMarks.Retransmission | SegmentMarks.OutOfOrder | SegmentMarks.Spurious
        | SegmentMarks.LimitedTransmit | SegmentMarks.LostBefore | SegmentMarks.CapturedTwice;

    private SegmentVerdict _last;

    private LossTrace()
    {
    }

    public List<ConnectionRecord> Connections { get; } = [];

    public ConnectionRecord Only => Assert.Single(Connections);

    /// <summary>The round trips that lines completed, in nanoseconds.</summary>
    public List<long> RoundTrips { get; } = [];

    public static LossTrace Of(string lines)
    {
        var trace = new LossTrace();
        var analyzer = new ConnectionAnalyzer(new(), trace);
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            trace.Play(line, analyzer);
        }

        analyzer.Complete();
        return trace;
    }

    bool IConnectionSink.Wants(long connection) => true;

    void IConnectionSink.Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict) => _last = verdict;

    void IConnectionSink.Ended(ConnectionRecord record) => Connections.Add(record);

    private void Play(string line, ConnectionAnalyzer analyzer)
    {
        string[] halves = line.Split('|', StringSplitOptions.TrimEntries);
        CapturedSegment segment = Parse(halves[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        analyzer.Take(in segment, default);
        if (_last.RttNanoseconds > 0)
        {
            RoundTrips.Add(_last.RttNanoseconds);
        }

        string told = Told(_last.Marks & OfLoss, _last.Retransmission);
        Assert.True(told == (halves.Length > 1 ? halves[1] : ""), $"{line}\n  was told: {told}");
    }

    private static string Told(SegmentMarks marks, RetransmissionKind kind)
    {
        IEnumerable<string> words = Enum.GetValues<SegmentMarks>().Where(mark => marks.HasAny(mark)).Select(mark => mark.ToString());
        return string.Join(' ', kind == RetransmissionKind.None ? words : words.Append(kind.ToString()));
    }

    private static CapturedSegment Parse(string[] words)
    {
        Assert.True(ControlBitsText.TryParse(words[2], out ControlBits bits), words[2]);
        CapturedSegment segment = StateTrace.Segment((ConnectionEnd)(words[1][0] - 'A'), 0, bits);
        segment.TimeNanoseconds = (long)(decimal.Parse(words[0], CultureInfo.InvariantCulture) * 1_000_000) + 1;
        segment.Acknowledgment = new(bits.Has(ControlBits.Ack) ? 1u : 0);
        for (int at = 3; at < words.Length; at += 2)
        {
            Set(ref segment, words[at], words[at + 1]);
        }

        return segment;
    }

    private static void Set(ref CapturedSegment segment, string word, string value)
    {
        switch (word)
        {
            case "seq":
                segment.Sequence = new(Number(value));
                break;
            case "ack":
                segment.Acknowledgment = new(Number(value));
                break;
            case "len":
                segment.PayloadLength = Number(value);
                break;
            case "id":
                segment.IpIdentification = (ushort)Number(value);
                break;
            case "mss":
                segment.MaximumSegmentSize = (ushort)Number(value);
                segment.Options |= SegmentOptions.MaximumSegmentSize | SegmentOptions.SackPermitted;
                break;
            case "sack":
                string[] edges = value.Split('-');
                segment.Sacks[segment.SackCount++] = new(new(Number(edges[0])), new(Number(edges[1])));
                segment.Options |= SegmentOptions.Sack;
                break;
            case "ts":
                string[] stamps = value.Split('/');
                (segment.TimestampValue, segment.TimestampEcho) = (Number(stamps[0]), Number(stamps[1]));
                segment.Options |= SegmentOptions.Timestamps;
                break;
            default:
                throw new FormatException($"'{word}' is no word of a trace");
        }
    }

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);
}
