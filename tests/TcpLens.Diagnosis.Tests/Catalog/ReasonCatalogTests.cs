namespace TcpLens.Diagnosis.Tests;

public sealed class ReasonCatalogTests
{
    /// <summary>A line of a trace has a time, a process and two endpoints before it.</summary>
    private const int LongestPhrase = 56;

    public static TheoryData<string> Pages => [.. Both.Select(page => page.Name).Distinct()];

    private static IEnumerable<ReasonPage> Both => DropReasonCatalog.All.Concat(ResetReasonCatalog.All);

    [Fact]
    public void Every_page_has_a_phrase_for_a_line_and_a_meaning_in_sentences()
        => Assert.All(Both, page =>
        {
            Assert.InRange(page.Phrase.Length, 1, LongestPhrase);
            Assert.False(page.Phrase.EndsWith('.'), page.Phrase);
            Assert.EndsWith(".", page.Meaning);
            Assert.True(page.Severity is Severity.Info or Severity.Notice or Severity.Warning, page.Name);
        });

    [Fact]
    public void Whoever_is_warned_is_told_where_to_look_further()
        => Assert.All(Both.Where(page => page.Severity == Severity.Warning), page => Assert.True(page.Conditions.Count + page.SeeAlso.Count + page.Advice.Length > 0, page.Name));

    [Fact]
    public void No_name_stands_twice_in_a_catalogue()
    {
        Assert.Equal(126, DropReasonCatalog.All.Select(page => page.Name).Distinct().Count());
        Assert.Equal(25, ResetReasonCatalog.All.Select(page => page.Name).Distinct().Count());
        Assert.Equal(126 + 25, Both.Count());
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_name_is_found_in_any_case_and_with_the_prefix_of_the_kernels_source(string name)
    {
        if (DropReasonCatalog.Find(name) is { } drop)
        {
            Assert.Same(drop, DropReasonCatalog.Find(name.ToLowerInvariant().Replace('_', '-')));
            Assert.Same(drop, DropReasonCatalog.Find("SKB_DROP_REASON_" + name));
        }

        if (ResetReasonCatalog.Find(name) is { } reset)
        {
            Assert.Same(reset, ResetReasonCatalog.Find(" sk_rst_reason_" + name.ToLowerInvariant() + " "));
        }
    }

    [Fact]
    public void A_name_that_is_not_here_speaks_for_itself()
    {
        Assert.Equal("SEG6_MOBILE_NOMEM", DropReasonCatalog.Words("SEG6_MOBILE_NOMEM"));
        Assert.Equal("SOMETHING_NEW", ResetReasonCatalog.Words("SOMETHING_NEW"));
        Assert.Equal("TCP_LISTEN_OVERFLOW: accept queue full", DropReasonCatalog.Words("TCP_LISTEN_OVERFLOW"));
        Assert.Equal("TCP_ABORT_ON_CLOSE: closed with unread data", ResetReasonCatalog.Words("TCP_ABORT_ON_CLOSE"));
        Assert.Null(DropReasonCatalog.Find(""));
    }

    /// <summary>They raise events all the time, without anybody having to act.</summary>
    [Theory]
    [InlineData("NOT_SPECIFIED")]
    [InlineData("QUEUE_PURGE")]
    [InlineData("TCP_OLD_DATA")]
    [InlineData("TCP_OFOMERGE")]
    [InlineData("TCP_OLD_SEQUENCE")]
    public void What_belongs_to_ordinary_work_alarms_nobody(string name) => Assert.Equal(Severity.Info, DropReasonCatalog.Find(name)!.Severity);
}
