namespace TcpLens.Observation.Tests;

public sealed class MarkCatalogTests
{
    [Fact]
    public void Every_mark_is_in_words_once_and_in_its_order()
        => Assert.Equal(Enum.GetValues<SegmentMarks>().Where(mark => mark != SegmentMarks.None), MarkCatalog.All.Select(info => info.Mark));

    [Fact]
    public void No_two_marks_have_one_name()
        => Assert.Equal(MarkCatalog.All.Count, MarkCatalog.All.Select(info => info.Name).Distinct().Count());
}
