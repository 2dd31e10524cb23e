namespace TcpLens.Cli;

/// <summary>The looks of a report: a light page that turns dark with the reader's screen, and black on white on paper.</summary>
internal static class ReportStyle
{
    public const string Sheet = """
        :root { color-scheme: light dark; --ink: #1f2328; --quiet: #59636e; --line: #d1d9e0; --paper: #fff; --card: #f6f8fa;
          --info: #59636e; --notice: #0969da; --warning: #9a6700; --critical: #cf222e; --ok: #1a7f37; --v4: #0969da; --v6: #8250df; --calm: #818b98; }
        @media (prefers-color-scheme: dark) { :root { --ink: #d1d7e0; --quiet: #9198a1; --line: #3d444d; --paper: #0d1117; --card: #151b23;
          --info: #9198a1; --notice: #4493f8; --warning: #d29922; --critical: #f85149; --ok: #3fb950; --v4: #4493f8; --v6: #ab7df8; --calm: #656c76; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 860px; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; } h3 { font-size: .9rem; margin: .9rem 0 .2rem; }
        .quiet { color: var(--quiet); } .ok { color: var(--ok); font-weight: 600; }
        article { background: var(--card); border: 1px solid var(--line); border-left-width: 6px; border-radius: 6px; padding: .2rem 1rem 1rem; margin: 1rem 0; overflow-wrap: anywhere; }
        article h2 { margin: .8rem 0 .2rem; } article article { background: var(--paper); }
        .badge { font-size: .75rem; text-transform: uppercase; letter-spacing: .04em; border: 1px solid; border-radius: 4px; padding: 0 .35rem; margin-right: .3rem; }
        .info { border-left-color: var(--info); } .notice { border-left-color: var(--notice); } .warning { border-left-color: var(--warning); } .critical { border-left-color: var(--critical); }
        .info > h2 .badge { color: var(--info); } .notice > h2 .badge { color: var(--notice); } .warning > h2 .badge { color: var(--warning); } .critical > h2 .badge { color: var(--critical); }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; } th { text-align: left; } td, th { border-bottom: 1px solid var(--line); padding: .2rem .6rem .2rem 0; vertical-align: top; }
        ul, ol { margin: .2rem 0; padding-left: 1.3rem; }
        svg { width: 100%; height: auto; } svg text { font: 12px ui-monospace, monospace; fill: var(--ink); } svg .value { text-anchor: end; fill: var(--quiet); }
        svg .v4 { fill: var(--v4); } svg .v6 { fill: var(--v6); } svg .trouble { fill: var(--critical); } svg .calm { fill: var(--calm); }
        @media print { body { margin: 0; max-width: none; font-size: 11px; } article { break-inside: avoid; background: none; } svg { max-height: 40vh; } }

        """;
}
