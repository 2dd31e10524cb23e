using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>Pictures of real connections: every one can be drawn, is XML, and shows the states that the record tells.</summary>
public sealed class PicturesOfTheCorpusTests
{
    [Fact]
    public void Every_connection_can_be_drawn_and_its_bands_are_its_timeline()
    {
        int drawn = 0;
        foreach (string capture in CaptureCorpus.Names)
        {
            CaptureAnalysis analysis = CaptureAnalysis.Of(capture);
            ILookup<long, SeenSegment> segments = analysis.Segments.ToLookup(seen => seen.Verdict.Connection);
            foreach (ConnectionRecord record in analysis.Connections.Take(20))
            {
                SegmentAlbum album = new();
                foreach (SeenSegment seen in segments[record.Number])
                {
                    album.Add(seen.Segment, seen.Verdict);
                }

                Draw(capture, record, album.Segments());
                drawn++;
            }
        }

        Assert.True(drawn > 600, $"only {drawn} connections");
    }

    private static void Draw(string capture, ConnectionRecord record, IReadOnlyList<JudgedSegment> segments)
    {
        Drawing ladder = Drawing.Of(writer => LadderPicture.Write(writer, record, segments));
        foreach (ConnectionEnd end in (ConnectionEnd[])[ConnectionEnd.Originator, ConnectionEnd.Responder])
        {
            Drawing.Of(writer => TimeSequencePlot.Write(writer, record, end, segments));
            if (segments.Count <= LadderPicture.DefaultLimit && !record.IsTimelineCut)
            {
                string[] told = Runs(record.Timeline.Where(step => step.End == end && step.Now.Certainty != Certainty.Unknown).Select(step => step.Now.State.Name(StateSpelling.Rfc)));
                string[] shown = Runs(ladder.StatesAt(left: end == ConnectionEnd.Originator).Where(name => name != "unknown"));
                Assert.True(told.SequenceEqual(shown), $"{capture} #{record.Number} {end}: the timeline has {string.Join(", ", told)}, the ladder {string.Join(", ", shown)}");
            }
        }

        Drawing.Of(writer => PacePlots.WriteRoundTrips(writer, record, segments));
        Drawing.Of(writer => PacePlots.WriteInFlight(writer, record, segments));
    }

    private static string[] Runs(IEnumerable<string> names)
    {
        List<string> runs = [];
        foreach (string name in names)
        {
            if (runs.Count == 0 || runs[^1] != name)
            {
                runs.Add(name);
            }
        }

        return [.. runs];
    }
}
