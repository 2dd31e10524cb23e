using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Marks by how much they matter: trouble first, then notices, and of one weight by segments; notes are none of them.</summary>
internal static class AnomalyOrder
{
    private static readonly Dictionary<SegmentMarks, MarkInfo> Infos = MarkCatalog.All.ToDictionary(static info => info.Mark);

    public static MarkInfo InfoOf(SegmentMarks mark) => Infos[mark];

    public static IEnumerable<MarkSum> Of(CaptureFacts facts) => facts.Marks.Values
        .Where(static sum => sum.Mark.Weight != MarkWeight.Note)
        .OrderByDescending(static sum => sum.Mark.Weight).ThenByDescending(static sum => sum.Segments).ThenBy(static sum => sum.Mark);

    public static IEnumerable<MarkSum> NotesOf(CaptureFacts facts) => facts.Marks.Values
        .Where(static sum => sum.Mark.Weight == MarkWeight.Note)
        .OrderByDescending(static sum => sum.Segments).ThenBy(static sum => sum.Mark);
}
