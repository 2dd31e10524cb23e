using System.Globalization;
using System.Text;

namespace TcpLens.Capture;

/// <summary>
/// Writes the few elements that our pictures are made of. Colours and strokes come from the classes of <see cref="PictureStyle"/>,
/// lengths are in the units of the viewBox, and every word goes through <see cref="Escaped"/>.
/// </summary>
internal sealed class SvgWriter(TextWriter output)
{
    /// <summary>Width of a letter of the pictures' monospaced text, as a part of its size.</summary>
    public const double LetterWidth = 0.602;

    /// <summary>Begins a picture that scales with its place; what is drawn in it stays text for search and for readers.</summary>
    public void Open(double width, double height, string style, string label)
        => output.Write($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Number(width)} {Number(height)}\" class=\"{style}\" role=\"group\" aria-label=\"{Escaped(label)}\">\n");

    public void Close() => output.Write("</svg>\n");

    /// <param name="style">Classes; may be empty.</param>
    /// <param name="title">Shown where the pointer rests; null for none.</param>
    public void BeginGroup(string style, string? title = null)
        => output.Write($"<g{Class(style)}>{(title is null ? "" : $"<title>{Escaped(title)}</title>")}");

    public void EndGroup() => output.Write("</g>\n");

    /// <param name="x">Where it begins; its end or middle where the class says so.</param>
    /// <param name="y">Its baseline.</param>
    /// <param name="style">Classes.</param>
    /// <param name="words">Whoever wrote them.</param>
    /// <param name="room">Width that it must not exceed: letters are pressed together then. 0 for as wide as it is.</param>
    /// <param name="size">Size of its letters, to know its width.</param>
    public void Text(double x, double y, string style, string words, double room = 0, double size = 12)
    {
        string press = room > 0 && WidthOf(words, size) > room ? $" textLength=\"{Number(room)}\" lengthAdjust=\"spacingAndGlyphs\"" : "";
        output.Write($"<text x=\"{Number(x)}\" y=\"{Number(y)}\"{Class(style)}{press}>{Escaped(words)}</text>\n");
    }

    public void Line(double x1, double y1, double x2, double y2, string style)
        => output.Write($"<line x1=\"{Number(x1)}\" y1=\"{Number(y1)}\" x2=\"{Number(x2)}\" y2=\"{Number(y2)}\"{Class(style)}/>\n");

    public void Box(double x, double y, double width, double height, string style)
        => output.Write($"<rect x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(height)}\"{Class(style)}/>\n");

    public void Path(string data, string style)
    {
        if (data.Length > 0)
        {
            output.Write($"<path d=\"{data}\"{Class(style)}/>\n");
        }
    }

    public static double WidthOf(string words, double size) => words.Length * size * LetterWidth;

    /// <summary>A tenth of a unit is less than any screen shows.</summary>
    public static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>Words without mark-up; what XML forbids, even written as a reference, is shown as U+FFFD.</summary>
    public static string Escaped(string words)
    {
        if (words.AsSpan().IndexOfAnyExcept(Harmless) < 0)
        {
            return words;
        }

        StringBuilder safe = new(words.Length + 16);
        foreach (Rune letter in words.EnumerateRunes())
        {
            _ = letter.Value switch
            {
                '&' => safe.Append("&amp;"),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '"' => safe.Append("&quot;"),
                '\'' => safe.Append("&#39;"),
                < 0x20 or (>= 0x7f and < 0xa0) or 0xfffe or 0xffff => safe.Append('\ufffd'),
                _ => safe.Append(letter.ToString()),
            };
        }

        return safe.ToString();
    }

    private static readonly System.Buffers.SearchValues<char> Harmless
        = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;()[]{}+-*/=#~?!%_");

    private static string Class(string style) => style.Length == 0 ? "" : $" class=\"{style}\"";
}
