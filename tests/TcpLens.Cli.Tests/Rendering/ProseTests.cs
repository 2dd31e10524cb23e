using System.Text;
using TcpLens.Cli.Rendering;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class ProseTests
{
    [Theory]
    [InlineData("one two three", 8, 0, 0, "one two\nthree\n")]
    [InlineData("one two three", 7, 2, 0, "one two\n  three\n")]
    [InlineData("one two", 10, 0, 6, "one\ntwo\n")]
    [InlineData("abcdefghij", 4, 0, 0, "abcd\nefgh\nij\n")]
    [InlineData("a  b", 10, 0, 0, "a b\n")]
    [InlineData("", 10, 0, 0, "\n")]
    [InlineData("東京 都庁", 5, 0, 0, "東京\n都庁\n")]
    [InlineData("a\e[2Jb", null, 0, 0, "a\\x1b[2Jb\n")]
    public void Sentences_break_between_words_where_the_line_ends(string text, int? columns, int indent, int position, string expected)
    {
        var output = new MemoryWriter();
        Prose.Write(output, text, columns, indent, position);
        Assert.Equal(expected, output.ToString());
    }

    [Fact]
    public void However_narrow_the_line_nothing_is_wider_and_nothing_is_lost()
    {
        const string text = "an-unbreakably-long-word and some short ones 東京都庁東京都庁 end";
        for (int columns = 2; columns < 80; columns++)
        {
            var output = new MemoryWriter();
            Prose.Write(output, text, columns, indent: 4);
            string[] lines = output.ToString().Split('\n');
            Assert.All(lines, line => Assert.InRange(CellWidth.Of(Encoding.UTF8.GetBytes(line)), 0, columns));
            Assert.Equal(text.Replace(" ", ""), string.Concat(lines).Replace(" ", ""));
        }
    }
}
