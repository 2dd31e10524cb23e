using System.Numerics;

namespace TcpLens.Observation.Tests;

public sealed class MarkCatalogTests
{
    [Fact]
    public void Every_mark_is_in_words_once_in_the_order_of_the_bits()
        => Assert.Equal(Enum.GetValues<SegmentMarks>().Where(mark => mark != SegmentMarks.None), MarkCatalog.All.Select(info => info.Mark));

    [Fact]
    public void Names_differ_and_meanings_are_sentences()
    {
        Assert.Equal(MarkCatalog.All.Count, MarkCatalog.All.Select(info => info.Name).Distinct().Count());
        Assert.All(MarkCatalog.All, info => Assert.EndsWith(".", info.Meaning, StringComparison.Ordinal));
        Assert.All(MarkCatalog.All, info => Assert.Equal(1, BitOperations.PopCount((ulong)info.Mark)));
    }

    [Theory]
    [InlineData(SegmentMarks.None, null)]
    [InlineData(SegmentMarks.SelectiveAck, MarkWeight.Note)]
    [InlineData(SegmentMarks.SelectiveAck | SegmentMarks.DuplicateAck, MarkWeight.Notice)]
    [InlineData(SegmentMarks.SelectiveAck | SegmentMarks.DuplicateAck | SegmentMarks.ZeroWindow, MarkWeight.Trouble)]
    public void Of_several_marks_the_gravest_counts(SegmentMarks marks, MarkWeight? weight) => Assert.Equal(weight, marks.Weight);

    [Fact]
    public void Every_outcome_and_every_kind_has_words_of_its_own()
    {
        string[] outcomes = [.. Enum.GetValues<ConnectionOutcome>().Select(outcome => outcome.Words())];
        string[] kinds = [.. Enum.GetValues<RetransmissionKind>().Select(kind => kind.Words())];
        Assert.Equal(outcomes.Distinct(), outcomes);
        Assert.Equal(kinds.Distinct(), kinds);
    }

    [Theory]
    [InlineData(Protocol.ControlBits.None, "no bits")]
    [InlineData(Protocol.ControlBits.Ack | Protocol.ControlBits.Syn, "SYN, ACK")]
    [InlineData(Protocol.ControlBits.All, "SYN, FIN, RST, PSH, ACK, URG, ECE, CWR, AE")]
    public void Control_bits_are_words(Protocol.ControlBits bits, string words) => Assert.Equal(words, bits.Words());
}
