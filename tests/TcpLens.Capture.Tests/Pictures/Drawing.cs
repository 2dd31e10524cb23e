using System.Globalization;
using System.Xml.Linq;

namespace TcpLens.Capture.Tests;

/// <summary>A picture as a reader of XML has it.</summary>
internal sealed class Drawing
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private Drawing(string markup)
    {
        Markup = markup;
        Root = XElement.Parse($"<figure>{markup}</figure>");
    }

    public string Markup { get; }

    public XElement Root { get; }

    public IEnumerable<XElement> Pictures => Root.Elements(Svg + "svg");

    public IEnumerable<string> Texts => Root.Descendants(Svg + "text").Select(text => text.Value);

    public IEnumerable<string> Titles => Root.Descendants(Svg + "title").Select(title => title.Value);

    public static Drawing Of(Action<TextWriter> draw)
    {
        using StringWriter writer = new(CultureInfo.InvariantCulture);
        draw(writer);
        return new(writer.ToString());
    }

    public IEnumerable<XElement> WithClass(string name, string style)
        => Root.Descendants(Svg + name).Where(element => Classes(element).Contains(style));

    /// <summary>The states along one lifeline from top to bottom, with those that were passed through at once.</summary>
    public List<string> StatesAt(bool left)
    {
        List<string> states = [];
        foreach (XElement text in Root.Descendants(Svg + "text").Where(text => Classes(text).Contains("end") == left))
        {
            if (Classes(text).Contains("state"))
            {
                states.Add(text.Value);
            }
            else if (text.Value.StartsWith("via ", StringComparison.Ordinal))
            {
                states.Insert(states.Count - 1, text.Value[4..]);
            }
        }

        return states;
    }

    private static string[] Classes(XElement element) => ((string?)element.Attribute("class") ?? "").Split(' ');
}
