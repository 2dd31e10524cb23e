using TcpLens.Protocol;
using static TcpLens.Protocol.TcpState;

namespace TcpLens.Cli.Explain;

/// <summary>Where a state's box stands: its middle, in units of the drawing. CLOSED stands twice, as beginning and as end.</summary>
internal sealed record StateBox(TcpState State, int X, int Y)
{
    public const int HalfWidth = 104;
    public const int HalfHeight = 27;
}

/// <summary>Which way an arrow takes, as an SVG path, and where its words begin, are centred or end (SVG's text-anchor).</summary>
internal sealed record StateRoute(TcpState From, TcpState To, string Path, int LabelX, int LabelY, string Anchor);

/// <summary>The places, put by hand. Which arrows there are is not decided here: a transition without a way fails the drawing.</summary>
internal static class StateDiagramLayout
{
    public const int Width = 1240;
    public const int Height = 1090;

    public static readonly StateBox[] Boxes =
    [
        new(Closed, 620, 70),
        new(Listen, 620, 240),
        new(SynReceived, 230, 400),
        new(SynSent, 1010, 400),
        new(Established, 620, 560),
        new(FinWait1, 230, 725),
        new(Closing, 620, 725),
        new(CloseWait, 1010, 725),
        new(FinWait2, 230, 890),
        new(TimeWait, 620, 890),
        new(LastAck, 1010, 890),
        new(Closed, 1010, 1040),
    ];

    public static readonly StateRoute[] Routes =
    [
        new(Closed, Listen, "M600,97 V213", 588, 160, "end"),
        new(Listen, Closed, "M640,213 V97", 652, 160, "start"),
        new(Closed, SynSent, "M724,60 C900,60 1035,180 1035,373", 975, 142, "start"),
        new(SynSent, Closed, "M985,373 C985,220 880,82 724,82", 890, 178, "end"),
        new(Listen, SynReceived, "M516,230 C350,230 205,270 205,373", 285, 252, "end"),
        new(SynReceived, Listen, "M265,373 C265,310 380,254 516,254", 366, 306, "start"),
        new(Listen, SynSent, "M724,240 C860,240 940,290 940,373", 868, 302, "end"),
        new(SynSent, SynReceived, "M906,400 H334", 620, 374, "middle"),
        new(SynSent, Established, "M930,427 L712,533", 888, 466, "start"),
        new(SynReceived, Established, "M310,427 L528,533", 398, 492, "end"),
        new(SynReceived, FinWait1, "M180,427 V698", 192, 588, "start"),
        new(SynReceived, CloseWait, "M334,414 C700,414 1020,520 1020,698", 1000, 590, "start"),
        new(Established, FinWait1, "M540,587 L320,698", 418, 632, "end"),
        new(Established, CloseWait, "M700,587 L920,698", 764, 640, "end"),
        new(FinWait1, FinWait2, "M230,752 V863", 220, 812, "end"),
        new(FinWait1, Closing, "M334,725 H516", 425, 700, "middle"),
        new(FinWait1, TimeWait, "M310,752 L536,863", 446, 788, "start"),
        new(FinWait2, TimeWait, "M334,890 H516", 425, 910, "middle"),
        new(Closing, TimeWait, "M650,752 V863", 662, 804, "start"),
        new(CloseWait, LastAck, "M1010,752 V863", 1022, 812, "start"),
        new(LastAck, Closed, "M1010,917 V1013", 1022, 970, "start"),
        new(TimeWait, Closed, "M660,917 C660,1000 760,1040 906,1040", 752, 996, "start"),
        new(TimeWait, SynReceived, "M580,917 V955 Q580,975 560,975 H70 Q50,975 50,955 V420 Q50,400 70,400 H126", 315, 994, "middle"),
    ];
}
