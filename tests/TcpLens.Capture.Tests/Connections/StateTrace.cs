using System.Globalization;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>
/// A connection as a trace that reads like one, followed by the whole analyzer. A line has its time in milliseconds, its sender, its
/// bits, and what else matters:
/// <code>
///  0 A SYN     seq 99
/// 10 B SYN+ACK seq 499 ack 100
/// 20 A ACK     seq 100 ack 500 len 10
/// </code>
/// A is 10.0.0.1, port 40000, and B 10.0.0.2, port 80. Windows are 1000 where nothing else is said.
/// </summary>
internal sealed class StateTrace : IConnectionSink
{
    private static readonly HostAddress AddressOfA = HostAddress.Parse("10.0.0.1")!.Value;
    private static readonly HostAddress AddressOfB = HostAddress.Parse("10.0.0.2")!.Value;

    private readonly List<SegmentVerdict> _verdicts = [];

    /// <summary>By number.</summary>
    public List<ConnectionRecord> Connections { get; } = [];

    public ConnectionRecord Only => Assert.Single(Connections);

    /// <summary>The marks of every line, in order.</summary>
    public IEnumerable<SegmentMarks> Marks => _verdicts.Select(verdict => verdict.Marks);

    public static StateTrace Of(string lines, AnalyzerOptions? options = null) => Of(Parse(lines), options);

    public static StateTrace Of(IEnumerable<CapturedSegment> segments, AnalyzerOptions? options = null)
    {
        var trace = new StateTrace();
        var analyzer = new ConnectionAnalyzer(options ?? new(), trace);
        foreach (CapturedSegment segment in segments)
        {
            analyzer.Take(in segment, default);
        }

        analyzer.Complete();
        trace.Connections.Sort((one, other) => one.Number.CompareTo(other.Number));
        return trace;
    }

    /// <summary>Holds the timeline of the trace's only connection to what is written here, a step a line: "20 B ESTABLISHED inferred".</summary>
    public static StateTrace Shows(string lines, string timeline)
    {
        StateTrace trace = Of(lines);
        Assert.Equal(Lines(timeline), trace.Only.Timeline.Select(Describe));
        return trace;
    }

    public static string Describe(StateStep step)
    {
        string certainty = step.Now.Certainty == Certainty.Seen ? "" : " " + step.Now.Certainty.ToString().ToLowerInvariant();
        char end = step.End == ConnectionEnd.Originator ? 'A' : 'B';
        return $"{step.At.Nanoseconds / TimeSpan.NanosecondsPerTick / TimeSpan.TicksPerMillisecond} {end} {step.Now.State.Name(StateSpelling.Rfc)}{certainty}";
    }

    public static CapturedSegment Segment(ConnectionEnd sender, long milliseconds, ControlBits bits) => new()
    {
        TimeNanoseconds = milliseconds * TimeSpan.TicksPerMillisecond * TimeSpan.NanosecondsPerTick,
        Source = sender == ConnectionEnd.Originator ? AddressOfA : AddressOfB,
        Destination = sender == ConnectionEnd.Originator ? AddressOfB : AddressOfA,
        SourcePort = sender == ConnectionEnd.Originator ? (ushort)40_000 : (ushort)80,
        DestinationPort = sender == ConnectionEnd.Originator ? (ushort)80 : (ushort)40_000,
        Bits = bits,
        Window = new(1000),
    };

    bool IConnectionSink.Wants(long connection) => true;

    void IConnectionSink.Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict) => _verdicts.Add(verdict);

    void IConnectionSink.Ended(ConnectionRecord record) => Connections.Add(record);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static IEnumerable<CapturedSegment> Parse(string lines)
    {
        foreach (string line in Lines(lines))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(ControlBitsText.TryParse(words[2], out ControlBits bits), line);
            CapturedSegment segment = Segment((ConnectionEnd)(words[1][0] - 'A'), Number(words[0]), bits);
            for (int at = 3; at < words.Length; at++)
            {
                Set(ref segment, words[at], ++at < words.Length ? words[at] : throw new FormatException(line));
            }

            yield return segment;
        }
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
                segment.CapturedPayload = (int)segment.PayloadLength;
                break;
            case "win":
                segment.Window = new((ushort)Number(value));
                break;
            case "sum":
                segment.Checksum = Enum.Parse<ChecksumVerdict>(value, ignoreCase: true);
                break;
            default:
                throw new FormatException($"'{word}' is no word of a trace");
        }
    }

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);
}
