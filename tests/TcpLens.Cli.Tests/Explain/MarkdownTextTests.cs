using TcpLens.Cli.Explain;

namespace TcpLens.Cli.Tests.Explain;

public sealed class MarkdownTextTests
{
    private const string Page = """
        # close-wait-leak: the application does not close

        Peers have closed and **this side** has not; see [the states](../explain.md) and
        [RFC 9293](https://www.rfc-editor.org/rfc/rfc9293).

        ## Signals

        - `Recv-Q` is 0: read, and *not* closed
        - it grows,
          from look to look
        * 2*(v-60) stays

        ```
        tcplens list state close-wait   --process
        ```

        | count | severity |
        |---:|---|
        | 5 | notice |
        | 50 | warning |

        ### Remedy

        > Close it.
        """;

    [Fact]
    public void A_page_keeps_its_words_and_loses_its_marks()
        => Assert.Equal(
            [
                "close-wait-leak: the application does not close",
                "",
                "  Peers have closed and this side has not; see the states and RFC 9293 (https://www.rfc-editor.org/rfc/rfc9293).",
                "",
                "Signals",
                "  - Recv-Q is 0: read, and not closed",
                "  - it grows, from look to look",
                "  - 2*(v-60) stays",
                "",
                "    tcplens list state close-wait   --process",
                "",
                "    count  severity",
                "    5      notice",
                "    50     warning",
                "",
                "Remedy",
                "  Close it.",
            ],
            MarkdownText.Read(Page, "id").Lines(200));

    [Fact]
    public void Numbered_items_stand_each_on_its_own_and_code_may_be_indented()
        => Assert.Equal(
            ["id", "", "  1. First, at", "    length", "  2. second", "", "    ip netns add   blue", "    ip netns exec blue true"],
            MarkdownText.Read("# id\n\n1. First,\n   at length\n2. second\n\n    ip netns add   blue\n    ip netns exec blue true\n", "id").Lines(15));

    [Fact]
    public void Text_is_wrapped_and_code_is_not()
    {
        string[] lines = [.. MarkdownText.Read(Page, "id").Lines(40)];
        Assert.Contains("    tcplens list state close-wait   --process", lines);
        Assert.Contains("  Peers have closed and this side has", lines);
    }

    [Fact]
    public void A_table_too_wide_for_a_screen_becomes_items_that_name_their_columns()
    {
        string wide = new('w', 60);
        Assert.Equal(
            ["t", "", $"  - a; what: {wide}; why: {wide}"],
            MarkdownText.Read($"| id | what | why |\n|---|---|---|\n| a | {wide} | {wide} |\n", "t").Lines(200));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("`a*b*c` and ``", "a*b*c and ")]
    [InlineData("[a](b.md) [c](http://d)", "a c (http://d)")]
    [InlineData("[http://d](http://d)", "http://d")]
    [InlineData("**a** *b* c_d_e", "a b c_d_e")]
    [InlineData("2 * 3 * 4", "2 * 3 * 4")]
    [InlineData("x[0] [open", "x[0] [open")]
    [InlineData("\\*a\\*", "*a*")]
    public void Marks_inside_of_a_line_go_and_what_only_looks_like_one_stays(string markdown, string plain) => Assert.Equal(plain, MarkdownText.Inline(markdown));

    [Fact]
    public void A_condition_is_named_by_its_first_heading()
    {
        Assert.Equal("close-wait-leak: the application does not close", new ConditionPage("close-wait-leak", Page).Title);
        Assert.Equal("an-id", new ConditionPage("an-id", "no heading").Title);
    }

    [Fact]
    public void The_page_of_a_condition_is_explained_like_any_other_topic()
    {
        ExplainTopic topic = new ConditionTopic(new ConditionPage("close-wait-leak", Page));
        Assert.Equal("close-wait-leak: the application does not close", topic.Text(MachineFacts.None).Title);
        Assert.Equal(["", "Signals", "Remedy"], topic.Text(MachineFacts.None).Sections.Select(section => section.Title));
    }
}
