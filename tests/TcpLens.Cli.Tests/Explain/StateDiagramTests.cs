using System.Xml.Linq;
using TcpLens.Cli.Explain;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Explain;

public sealed class StateDiagramTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void The_committed_picture_is_what_the_table_draws()
    {
        string path = Path.Combine(SharedData.Repository, "docs", "states.svg");
        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == StateDiagram.Draw(),
            $"{path} is not what the table draws: write StateDiagram.Draw() into it again");
    }

    [Fact]
    public void It_is_well_formed_and_shows_every_state()
    {
        XElement drawing = XDocument.Parse(StateDiagram.Draw()).Root!;
        string[] names = [.. drawing.Descendants(Svg + "text").Where(text => (string?)text.Attribute("class") == "name").Select(text => text.Value)];
        Assert.Equal(Enum.GetValues<TcpState>().Select(state => state.Name(StateSpelling.Rfc)).Order(), names.Distinct().Order());
    }

    [Fact]
    public void Every_transition_is_an_arrow_or_an_exit_in_a_box()
    {
        XElement drawing = XDocument.Parse(StateDiagram.Draw()).Root!;
        int exits = drawing.Descendants(Svg + "text").Where(text => (string?)text.Attribute("class") == "exit").Sum(text => text.Value.Count(letter => letter == ',') + 1);
        int events = drawing.Descendants(Svg + "g").Where(group => ((string?)group.Attribute("class") ?? "").StartsWith("label", StringComparison.Ordinal))
            .Sum(group => group.Elements(Svg + "text").Count(text => text.Attribute("class") is null));
        Assert.Equal(TcpTransitions.All.Count, exits + events);
    }

    [Fact]
    public void What_Linux_never_does_is_drawn_in_its_own_style()
    {
        XElement drawing = XDocument.Parse(StateDiagram.Draw()).Root!;
        int arrows = drawing.Elements(Svg + "path").Count(path => (string?)path.Attribute("class") == "edge never");
        int pairs = TcpTransitions.All.Where(row => row.Linux == LinuxSupport.Never).Select(row => (row.From, row.To)).Distinct().Count();
        Assert.Equal(pairs + 1, arrows); // one more in the legend
    }
}
