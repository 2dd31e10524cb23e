namespace TcpLens.Capture;

/// <summary>The looks of the pictures, for the style sheet of the page that holds them: light or dark with the page, black on white on paper.</summary>
public static class PictureStyle
{
    public const string Sheet = """
        .pictures { color-scheme: light dark; --p-ink: light-dark(#1f2328, #d1d7e0); --p-quiet: light-dark(#59636e, #9198a1); --p-line: light-dark(#d1d9e0, #3d444d);
          --p-arrow: light-dark(#59636e, #9198a1); --p-trouble: light-dark(#cf222e, #f85149); --p-notice: light-dark(#8a5a00, #d29922);
          --p-opening: light-dark(#0969da, #4493f8); --p-established: light-dark(#1a7f37, #3fb950); --p-closing: light-dark(#8250df, #ab7df8);
          --p-waiting: light-dark(#bc4c00, #f0883e); --p-closed: light-dark(#818b98, #656c76); --p-data: light-dark(#0969da, #4493f8);
          --p-ack: light-dark(#1a7f37, #3fb950); --p-window: light-dark(#9a6700, #d29922); --p-sack: light-dark(#8250df, #ab7df8); }
        .pictures svg { display: block; width: 100%; min-width: 720px; height: auto; overflow: visible; break-inside: avoid; }
        .pictures .plot { margin-top: 1.2rem; }
        .pictures text { font: 12px ui-monospace, "DejaVu Sans Mono", monospace; fill: var(--p-ink); white-space: pre; }
        .pictures .end { text-anchor: end; } .pictures .middle { text-anchor: middle; }
        .pictures .quiet { fill: var(--p-quiet); } .pictures .small { font-size: 10px; fill: var(--p-quiet); } .pictures .name { font-weight: 600; }
        .ladder.top { break-after: avoid; } .ladder .life { stroke: var(--p-line); stroke-width: 1.5; } .ladder .broken { stroke: var(--p-quiet); stroke-width: 1.5; stroke-dasharray: 1.5 5; }
        .ladder .silence text { fill: var(--p-quiet); font-style: italic; } .ladder .elision text { fill: var(--p-ink); font-weight: 600; }
        .ladder .arrow { stroke: var(--p-arrow); stroke-width: 1.2; } .ladder .head { fill: var(--p-arrow); }
        .ladder .notice .arrow { stroke: var(--p-notice); } .ladder .notice .head { fill: var(--p-notice); }
        .ladder .trouble .arrow { stroke: var(--p-trouble); stroke-width: 1.8; } .ladder .trouble .head { fill: var(--p-trouble); }
        .ladder .mark { fill: var(--p-quiet); } .ladder .mark.notice { fill: var(--p-notice); } .ladder .mark.trouble { fill: var(--p-trouble); font-weight: 600; }
        .ladder .state { font-size: 11px; font-weight: 600; } .ladder .opening { --state: var(--p-opening); } .ladder .established { --state: var(--p-established); }
        .ladder .closing { --state: var(--p-closing); } .ladder .waiting { --state: var(--p-waiting); } .ladder .closed, .ladder .unknown { --state: var(--p-closed); }
        .ladder .state { fill: var(--state); } .ladder .closed.state, .ladder .unknown.state { fill: var(--p-quiet); }
        .ladder .filled { fill: var(--state); } .ladder .stripes { stroke: var(--state); stroke-width: 9; stroke-dasharray: 2 3; }
        .ladder .dotted { fill: none; stroke: var(--state); stroke-dasharray: 1.5 2.5; }
        .bars .plain { fill: var(--p-data); } .bars .notice { fill: var(--p-notice); } .bars .trouble { fill: var(--p-trouble); } .bars .good { fill: var(--p-established); }
        .plot .grid { stroke: var(--p-line); stroke-width: .6; } .plot .axis { stroke: var(--p-quiet); stroke-width: 1; } .plot path { fill: none; stroke-width: 1.5; }
        .plot .data, .plot .dots, .plot .solid { stroke: var(--p-data); } .plot .ack { stroke: var(--p-ack); } .plot .sack { stroke: var(--p-sack); stroke-dasharray: 3 1.5; }
        .plot .window { stroke: var(--p-window); stroke-dasharray: 6 3; } .plot .cut rect { fill: light-dark(#eaeef2, #21262d); } .plot .again path { stroke: var(--p-trouble); fill: var(--p-trouble); }
        .plot .overtaken path { stroke: var(--p-notice); fill: light-dark(#fff, #0d1117); } .plot .asking path { stroke: var(--p-notice); }
        .plot .closed path { stroke: var(--p-trouble); fill: light-dark(#fff, #0d1117); } .plot .control { font-size: 11px; font-weight: 600; paint-order: stroke; stroke: light-dark(#fff, #0d1117); stroke-width: 3px; }
        .plot .dots { stroke-width: 5; stroke-linecap: round; } .plot .rings { stroke: var(--p-ack); } .plot .dashed { stroke: var(--p-ack); stroke-dasharray: 4 2; }
        @media print { .pictures { color-scheme: light; --p-ink: #000; --p-quiet: #333; --p-arrow: #000; --p-line: #bbb; } .pictures svg { min-width: 0; } }

        """;
}
