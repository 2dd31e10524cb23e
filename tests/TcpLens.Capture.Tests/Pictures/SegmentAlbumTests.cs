using TcpLens.Observation;

namespace TcpLens.Capture.Tests;

public sealed class SegmentAlbumTests
{
    [Fact]
    public void A_short_connection_is_kept_whole()
    {
        IReadOnlyList<JudgedSegment> kept = Filled(1000, static _ => SegmentMarks.None).Segments();
        Assert.Equal(Enumerable.Range(1, 1000).Select(static number => (long)number), kept.Select(static judged => judged.Ordinal));
    }

    [Theory]
    [InlineData(SegmentMarks.None)]
    [InlineData(SegmentMarks.Retransmission)]
    public void Whatever_the_length_it_is_bounded_and_holds_the_first_and_the_last(SegmentMarks all)
    {
        SegmentAlbum album = Filled(200_000, _ => all);
        IReadOnlyList<JudgedSegment> kept = album.Segments();
        Assert.InRange(kept.Count, 512, 1024);
        Assert.Equal(200_000, album.Seen);
        Assert.Equal(200_000 - kept.Count, album.Dropped);
        Assert.Equal(Enumerable.Range(1, 60).Select(static number => (long)number), kept.Take(60).Select(static judged => judged.Ordinal));
        Assert.Equal(Enumerable.Range(199_941, 60).Select(static number => (long)number), kept.TakeLast(60).Select(static judged => judged.Ordinal));
        Assert.All(kept.Zip(kept.Skip(1)), static pair => Assert.True(pair.First.Ordinal < pair.Second.Ordinal));
    }

    [Fact]
    public void Rare_trouble_is_kept_all()
    {
        IReadOnlyList<JudgedSegment> kept = Filled(100_000, static ordinal => ordinal % 1000 == 777 ? SegmentMarks.Retransmission : SegmentMarks.None).Segments();
        Assert.Equal(100, kept.Count(static judged => judged.Verdict.Marks == SegmentMarks.Retransmission));
    }

    private static SegmentAlbum Filled(int segments, Func<int, SegmentMarks> marks)
    {
        SegmentAlbum album = new(1024);
        for (int ordinal = 1; ordinal <= segments; ordinal++)
        {
            CapturedSegment segment = default;
            SegmentVerdict verdict = new() { Marks = marks(ordinal) };
            album.Add(in segment, in verdict);
        }

        return album;
    }
}
