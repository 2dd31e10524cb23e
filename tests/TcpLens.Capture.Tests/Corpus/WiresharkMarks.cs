using System.Globalization;
using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

/// <summary>Every capture analysed once, beside what tshark 4.0 says of it. Ends are found by the packet that a connection begins with.</summary>
public sealed class WiresharkMarks
{
    private readonly Dictionary<(string Capture, long Frame), SegmentMarks> _ours = [];
    private readonly Dictionary<(string Capture, long Frame), HashSet<string>> _theirs = [];
    private readonly Dictionary<EndPlace, Dictionary<SegmentMarks, long>> _oursByEnd = [];
    private readonly List<Dictionary<string, string>> _streams = [.. CaptureCorpus.Rows("oracle-tshark-streams.tsv")];

    public WiresharkMarks()
    {
        foreach (string capture in CaptureCorpus.Names)
        {
            Take(capture, CaptureAnalysis.Of(capture));
        }

        foreach (Dictionary<string, string> row in CaptureCorpus.Rows("oracle-tshark-frames.tsv"))
        {
            _theirs[(row["capture"], Number(row["frame"]))] = [.. row["analysis"].Split('+')];
        }
    }

    internal Comparison ByEnd(string name, SegmentMarks mark)
    {
        var comparison = new Comparison(name);
        var rest = new HashSet<EndPlace>(_oursByEnd.Keys);
        foreach (Dictionary<string, string> stream in _streams)
        {
            foreach (bool isFirst in (bool[])[true, false])
            {
                var place = new EndPlace(stream["capture"], Number(stream["first_frame"]), isFirst);
                rest.Remove(place);
                AddEnd(comparison, place, Count(stream, name, isFirst ? "_a" : "_b"), Count(place, mark));
            }
        }

        foreach (EndPlace place in rest)
        {
            AddEnd(comparison, place, 0, Count(place, mark));
        }

        return comparison;
    }

    internal Comparison ByPacket(string name, SegmentMarks mark)
    {
        var comparison = new Comparison(name);
        string[] names = name.Split('+');
        foreach ((string Capture, long Frame) place in _theirs.Keys.Union(_ours.Keys))
        {
            bool theirs = _theirs.TryGetValue(place, out HashSet<string>? given) && given.Overlaps(names);
            bool ours = _ours.GetValueOrDefault(place).HasAny(mark);
            if (theirs || ours)
            {
                comparison.Add($"{place.Capture} packet {place.Frame}", theirs, ours);
            }
        }

        return comparison;
    }

    private static void AddEnd(Comparison comparison, EndPlace place, long theirs, long ours)
    {
        if (theirs > 0 || ours > 0)
        {
            comparison.Add($"{place.Capture} from packet {place.Frame}, {(place.IsFirst ? "who sent it" : "the other end")}", theirs, ours);
        }
    }

    private static long Count(Dictionary<string, string> stream, string name, string end)
        => name.Split('+').Sum(part => Number(stream[part + end]));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private long Count(EndPlace place, SegmentMarks mark)
        => _oursByEnd.TryGetValue(place, out Dictionary<SegmentMarks, long>? counts) ? counts.GetValueOrDefault(mark) : 0;

    private void Take(string capture, CaptureAnalysis analysis)
    {
        var begins = new Dictionary<long, (long Frame, ConnectionEnd Sender)>();
        foreach (SeenSegment seen in analysis.Segments)
        {
            SegmentVerdict verdict = seen.Verdict;
            _ours[(capture, seen.Segment.Frame)] = _ours.GetValueOrDefault((capture, seen.Segment.Frame)) | verdict.Marks;
            if (!begins.TryGetValue(verdict.Connection, out (long Frame, ConnectionEnd Sender) begin))
            {
                begins[verdict.Connection] = begin = (seen.Segment.Frame, verdict.Sender);
            }

            var place = new EndPlace(capture, begin.Frame, verdict.Sender == begin.Sender);
            if (!_oursByEnd.TryGetValue(place, out Dictionary<SegmentMarks, long>? counts))
            {
                _oursByEnd[place] = counts = [];
            }

            foreach ((_, SegmentMarks mark, _) in WiresharkMarksTests.Names.Select(row => row.Data))
            {
                counts[mark] = counts.GetValueOrDefault(mark) + (verdict.Marks.HasAny(mark) ? 1 : 0);
            }
        }
    }

    private readonly record struct EndPlace(string Capture, long Frame, bool IsFirst);
}
