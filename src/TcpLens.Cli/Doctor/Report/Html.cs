using System.Globalization;
using System.Net;
using System.Text;

namespace TcpLens.Cli;

/// <summary>A page under construction. Our own mark-up goes through <see cref="Raw"/>, every other word through <see cref="Text"/>, which makes it harmless.</summary>
internal sealed class Html
{
    private readonly StringBuilder _page = new();

    public Html Raw(string markup)
    {
        _page.Append(markup);
        return this;
    }

    public Html Text(string words)
    {
        _page.Append(Safe(words));
        return this;
    }

    /// <summary>&lt;p class="…"&gt;words&lt;/p&gt;</summary>
    public Html Element(string name, string style, string words)
        => Raw(style.Length == 0 ? $"<{name}>" : $"<{name} class=\"{style}\">").Text(words).Raw($"</{name}>\n");

    /// <summary>A drawing in a frame that can be scrolled where the screen is narrower than it can be read.</summary>
    public Html Picture(string label, Action<TextWriter> draw)
    {
        Raw("<div class=\"pictures\" role=\"region\" tabindex=\"0\" aria-label=\"").Text(label).Raw("\">\n");
        using (StringWriter writer = new(_page, CultureInfo.InvariantCulture))
        {
            draw(writer);
        }

        return Raw("</div>\n");
    }

    /// <summary>A number for an attribute: a point, never a comma, and no more digits than a screen can show.</summary>
    public static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Control characters have no place in HTML and no meaning on paper: they are shown as U+FFFD.</summary>
    public static string Safe(string words)
        => WebUtility.HtmlEncode(string.Concat(words.Select(static letter => char.IsControl(letter) && letter != '\n' ? '\ufffd' : letter)));

    public override string ToString() => _page.ToString();
}
