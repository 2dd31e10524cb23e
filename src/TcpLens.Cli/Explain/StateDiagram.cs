using System.Text;
using TcpLens.Protocol;

namespace TcpLens.Cli.Explain;

/// <summary>
/// The state diagram as SVG, drawn from <see cref="TcpTransitions"/>. Aborts, resets and timeouts would be an arrow to CLOSED from
/// nearly every state; they stand inside the boxes instead.
/// </summary>
internal static class StateDiagram
{
    private const int LineHeight = 15;
    private const string OwnWay = "†";

    private const string Style = """
        <style>
          svg { --paper: #ffffff; --ink: #1f2933; --soft: #66727f; --line: #3d4b59; --rare: #6b7a89; --never: #c8322b; --panel: #f4f6f8;
                --open: #e3eefc; --open-edge: #3b78c4; --live: #dff3e4; --live-edge: #2f8f4e; --shut: #fdeedb; --shut-edge: #c47a1c;
                --none: #eceff2; --none-edge: #77848f; }
          @media (prefers-color-scheme: dark) {
            svg { --paper: #14191f; --ink: #e6ebf0; --soft: #9aa7b3; --line: #b9c4ce; --rare: #8b99a6; --never: #ff7b72; --panel: #1b222a;
                  --open: #17304d; --open-edge: #6ea8ec; --live: #163a24; --live-edge: #5fc780; --shut: #43300f; --shut-edge: #e3a552;
                  --none: #262e37; --none-edge: #8a98a5; }
          }
          @media print { svg { --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #222222; --rare: #444444; --never: #b00000;
                --panel: #f6f6f6; --open: #ffffff; --live: #ffffff; --shut: #ffffff; --none: #ffffff; } }
          text { font-family: "DejaVu Sans", Verdana, "Segoe UI", Arial, sans-serif; font-size: 12px; fill: var(--ink); }
          .title { font-size: 22px; font-weight: bold; }
          .soft, .exit { fill: var(--soft); }
          .exit { font-size: 10.5px; }
          .name { font-size: 16px; font-weight: bold; }
          .called { font-style: italic; fill: var(--soft); }
          .label text { paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
          .label.inside text { stroke: var(--panel); }
          .box { stroke-width: 2; }
          .opening { fill: var(--open); stroke: var(--open-edge); }
          .live { fill: var(--live); stroke: var(--live-edge); }
          .closing { fill: var(--shut); stroke: var(--shut-edge); }
          .nothing { fill: var(--none); stroke: var(--none-edge); }
          .edge { fill: none; stroke: var(--line); stroke-width: 2; }
          .rare { stroke: var(--rare); stroke-dasharray: 7 5; stroke-width: 1.8; }
          .never { stroke: var(--never); stroke-dasharray: 2 5; stroke-linecap: round; stroke-width: 2.4; }
          .never-text text { fill: var(--never); }
          .head { fill: var(--line); } .head-rare { fill: var(--rare); } .head-never { fill: var(--never); }
          .panel { fill: var(--panel); } .paper { fill: var(--paper); }
        </style>
        """;

    /// <summary>The whole drawing; the same for the same table, with LF line ends.</summary>
    /// <exception cref="InvalidOperationException">The table has a transition that the layout knows no way for.</exception>
    public static string Draw()
    {
        StringBuilder svg = new();
        svg.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {StateDiagramLayout.Width} {StateDiagramLayout.Height}\" role=\"img\" aria-labelledby=\"title\">\n")
            .Append("<title id=\"title\">The eleven states of TCP and every transition between them</title>\n")
            .Append(Style.ReplaceLineEndings("\n")).Append('\n')
            .Append("<defs>\n").Append(Head("head")).Append(Head("head-rare")).Append(Head("head-never")).Append("</defs>\n")
            .Append($"<rect class=\"paper\" width=\"{StateDiagramLayout.Width}\" height=\"{StateDiagramLayout.Height}\"/>\n");
        Panels(svg);
        Legend(svg);
        (TcpState From, TcpState To)[] pairs = [.. TcpTransitions.All.Where(row => !IsExit(row)).Select(row => (row.From, row.To)).Distinct()];
        foreach ((TcpState from, TcpState to) in pairs)
        {
            Arrow(svg, Route(from, to), Arrows(from, to));
        }

        foreach ((TcpState from, TcpState to) in pairs)
        {
            Label(svg, Route(from, to), Arrows(from, to));
        }

        foreach (StateBox box in StateDiagramLayout.Boxes)
        {
            Box(svg, box);
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Abort, reset and timeout: written in the box of the state they end.</summary>
    private static bool IsExit(TcpTransition row)
        => row.To == TcpState.Closed && row.Event is TcpEvent.Abort or TcpEvent.Reset or TcpEvent.UserTimeout;

    private static TcpTransition[] Arrows(TcpState from, TcpState to) => [.. TcpTransitions.Between(from, to).Where(row => !IsExit(row))];

    private static StateRoute Route(TcpState from, TcpState to)
        => Array.Find(StateDiagramLayout.Routes, route => route.From == from && route.To == to)
            ?? throw new InvalidOperationException($"the layout has no way from {from} to {to}");

    private static void Arrow(StringBuilder svg, StateRoute route, TcpTransition[] rows)
    {
        (string edge, string head) = rows switch
        {
            _ when rows.All(row => row.Linux == LinuxSupport.Never) => ("edge never", "head-never"),
            _ when rows.All(row => row.IsRare) => ("edge rare", "head-rare"),
            _ => ("edge", "head"),
        };
        svg.Append($"<path class=\"{edge}\" d=\"{route.Path}\" marker-end=\"url(#{head})\"/>\n");
    }

    private static void Label(StringBuilder svg, StateRoute route, TcpTransition[] rows)
    {
        bool isNever = rows.All(row => row.Linux == LinuxSupport.Never);
        bool isInside = IsInPanel(route.From) && IsInPanel(route.To) && route.LabelY < 930;
        svg.Append($"<g class=\"label{(isNever ? " never-text" : "")}{(isInside ? " inside" : "")}\" text-anchor=\"{route.Anchor}\">\n");
        int y = route.LabelY;
        foreach (TcpTransition row in rows)
        {
            Text(svg, route.LabelX, y, "", TcpEventText.Describe(row.Event) + Mark(row));
            y += LineHeight;
        }

        foreach (string name in rows.Where(row => row.IsRare).Select(row => row.Name).Distinct())
        {
            Text(svg, route.LabelX, y, "called", name);
            y += LineHeight;
        }

        svg.Append("</g>\n");
    }

    private static void Box(StringBuilder svg, StateBox box)
    {
        string exits = string.Join(", ", TcpTransitions.From(box.State).Where(IsExit).Select(row => ExitWord(row.Event) + Mark(row)));
        int top = box.Y - StateBox.HalfHeight;
        svg.Append($"<g text-anchor=\"middle\">\n<rect class=\"box {Phase(box.State)}\" x=\"{box.X - StateBox.HalfWidth}\" y=\"{top}\" ")
            .Append($"width=\"{2 * StateBox.HalfWidth}\" height=\"{2 * StateBox.HalfHeight}\" rx=\"9\"/>\n");
        Text(svg, box.X, exits.Length == 0 ? box.Y + 6 : box.Y - 2, "name", box.State.Name(StateSpelling.Rfc));
        if (exits.Length != 0)
        {
            Text(svg, box.X, box.Y + 17, "exit", "→ CLOSED: " + exits);
        }

        svg.Append("</g>\n");
    }

    private static string Mark(TcpTransition row) => row.Linux == LinuxSupport.Different ? OwnWay : "";

    private static string ExitWord(TcpEvent @event) => @event switch
    {
        TcpEvent.Abort => "abort",
        TcpEvent.Reset => "RST",
        _ => "timeout",
    };

    private static string Phase(TcpState state) => state switch
    {
        TcpState.Closed => "nothing",
        TcpState.Listen or TcpState.SynSent or TcpState.SynReceived => "opening",
        TcpState.Established => "live",
        _ => "closing",
    };

    private static bool IsInPanel(TcpState state) => Phase(state) == "closing";

    private static void Panels(StringBuilder svg)
    {
        svg.Append("<rect class=\"panel\" x=\"75\" y=\"668\" width=\"783\" height=\"280\" rx=\"14\"/>\n")
            .Append("<rect class=\"panel\" x=\"882\" y=\"668\" width=\"308\" height=\"280\" rx=\"14\"/>\n");
        Text(svg, 844, 936, "soft", "this side closes first", "end");
        Text(svg, 1176, 936, "soft", "the peer closes first", "end");
    }

    private static void Legend(StringBuilder svg)
    {
        Text(svg, 36, 48, "title", "The eleven states of TCP");
        Text(svg, 36, 70, "soft", "Drawn from TcpLens's transition table: RFC 9293, 3.3.2 and 3.10");
        LegendLine(svg, 96, "edge", "head", "everyday");
        LegendLine(svg, 118, "edge rare", "head-rare", "rare, with its name");
        LegendLine(svg, 140, "edge never", "head-never", "in the RFC; never on Linux");
        Text(svg, 52, 166, "", OwnWay);
        Text(svg, 92, 166, "soft", "Linux gets there in its own way");
        Text(svg, 92, 184, "soft", "(tcplens explain STATE tells how)");
    }

    private static void LegendLine(StringBuilder svg, int y, string edge, string head, string words)
    {
        svg.Append($"<path class=\"{edge}\" d=\"M36,{y} H80\" marker-end=\"url(#{head})\"/>\n");
        Text(svg, 92, y + 4, "soft", words);
    }

    private static void Text(StringBuilder svg, int x, int y, string style, string words, string anchor = "")
    {
        svg.Append($"<text x=\"{x}\" y=\"{y}\"");
        svg.Append(style.Length == 0 ? "" : $" class=\"{style}\"").Append(anchor.Length == 0 ? "" : $" text-anchor=\"{anchor}\"");
        svg.Append('>').Append(words).Append("</text>\n");
    }

    private static string Head(string style)
        => $"<marker id=\"{style}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"9\" markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
            + $"<path class=\"{style}\" d=\"M0,0 L10,5 L0,10 z\"/></marker>\n";
}
