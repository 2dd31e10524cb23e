using TcpLens.Capture;

namespace TcpLens.Cli;

/// <summary>The looks of a capture's report: the doctor's page, wider, with the pictures' own sheet.</summary>
internal static class CaptureReportStyle
{
    public const string Sheet = ReportStyle.Sheet + PictureStyle.Sheet + """
        body { max-width: 960px; } h1 { overflow-wrap: anywhere; } section { margin: 2rem 0; } nav { margin: .8rem 0; } nav a { margin-right: 1rem; white-space: nowrap; }
        a { color: var(--notice); } a:hover { text-decoration: none; } :target > h2 { outline: 2px solid var(--notice); outline-offset: 4px; border-radius: 2px; } tr:target { background: var(--card); }
        .scroll { overflow-x: auto; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .number + :not(.number) { padding-left: .6rem; } .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .85em; }
        .trouble-word { color: var(--critical); font-weight: 600; } .nowrap { white-space: nowrap; } td.meaning { border-bottom: 1px solid var(--line); padding-bottom: .5rem; } tr.named td { border-bottom: 0; padding-bottom: 0; }
        .pictures { overflow-x: auto; margin: .6rem 0; padding: .2rem 0; } .pictures:focus-visible { outline: 2px solid var(--notice); }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0; } dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
        .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 2rem; } .columns > * { min-width: 0; }
        @media print { :root { color-scheme: light; --ink: #000; --quiet: #333; --paper: #fff; --card: #fff; --line: #999; } nav { display: none; } a { color: inherit; text-decoration: none; }
          .connection + .connection { break-before: page; } h2, h3 { break-after: avoid; } tr { break-inside: avoid; } .pictures, .scroll { overflow: visible; } .pictures svg { max-height: none; } table { font-size: .8rem; } }

        """;
}
