using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;

namespace TcpLens.Cli.Tests.Rendering;

/// <summary>
/// The overview's building blocks, put together as the overview would. The golden files are what was looked at and found good; to accept a
/// change, run the tests with TCPLENS_ACCEPT_GOLDEN=1 and read the difference before committing it.
/// </summary>
public sealed class PageTests
{
    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    public void The_overview_looks_as_it_did_when_somebody_last_looked(int columns)
        => AssertGolden($"overview-{columns}.txt", Render(new TerminalStyle(Color: false, Unicode: true, columns)));

    [Fact]
    public void In_a_pipe_the_overview_is_one_column_without_blocks_and_nothing_is_cut()
    {
        string text = Render(TerminalStyle.Plain);
        AssertGolden("overview-pipe.txt", text);
        Assert.DoesNotContain(text, character => character is '~' or '…' or '█');
    }

    [Fact]
    public void In_colour_the_overview_says_what_it_says_without()
    {
        AssertGolden("overview-120-colour.txt", Render(new TerminalStyle(Color: true, Unicode: true, 120)));
        foreach (int columns in new[] { 20, 40, 80, 120 })
        {
            string plain = Render(new TerminalStyle(Color: false, Unicode: true, columns));
            string coloured = Render(new TerminalStyle(Color: true, Unicode: true, columns));
            Assert.Equal(plain, System.Text.RegularExpressions.Regex.Replace(coloured, "\e\\[[0-9;]*m", "", default, TimeSpan.FromSeconds(1)));
        }
    }

    [Fact]
    public void No_line_is_wider_than_the_terminal_whatever_its_width()
    {
        for (int columns = 1; columns <= 200; columns++)
        {
            foreach (string line in Render(new TerminalStyle(Color: true, Unicode: true, columns)).Split('\n'))
            {
                Assert.InRange(CellWidth.Of(Encoding.UTF8.GetBytes(line)), 0, columns);
            }
        }
    }

    [Fact]
    public void A_severity_is_a_word_and_a_long_sentence_goes_on_below_its_beginning()
    {
        var output = new MemoryWriter();
        Judgement.Write(output, new TerminalStyle(Color: false, Unicode: true, 44), Severity.Critical, "the accept queue of *:443 is full and drops handshakes");
        Assert.Equal("CRITICAL  the accept queue of *:443 is full\n          and drops handshakes\n", output.ToString());
    }

    private static string Render(TerminalStyle style)
    {
        var output = new MemoryWriter();
        SampleOverview.Build(style).WriteTo(output);
        return output.ToString();
    }

    private static void AssertGolden(string name, string actual)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Rendering", "Golden", name);
        if (Environment.GetEnvironmentVariable("TCPLENS_ACCEPT_GOLDEN") is { Length: > 0 })
        {
            File.WriteAllText(Path.Combine(SharedData.Repository, "tests/TcpLens.Cli.Tests/Rendering/Golden", name), actual);
            return;
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
