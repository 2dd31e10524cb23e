using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// The state of one end along its lifeline. How it is known is told by the shape: filled for seen, striped for inferred, dotted for
/// unknown.
/// </summary>
internal sealed class LadderBand(ConnectionEnd end)
{
    private readonly double _left = end == ConnectionEnd.Originator ? LadderFrame.Left - LadderFrame.Band : LadderFrame.Right;
    private readonly double _label = end == ConnectionEnd.Originator ? LadderFrame.Left - LadderFrame.Label : LadderFrame.Right + LadderFrame.Label;
    private readonly string _side = end == ConnectionEnd.Originator ? " end" : "";
    private EndState? _state;
    private double _since;

    /// <summary>The end comes through some states into the last of them; into none: it stays in which it is.</summary>
    public void Change(SvgWriter picture, double y, IReadOnlyList<EndState> states)
    {
        EndState now = states.Count > 0 ? states[^1] : _state ?? default;
        if (_state == now)
        {
            _since = double.IsNaN(_since) ? y : _since;
            return;
        }

        Draw(picture, y);
        _since = y;
        _state = now;
        picture.Text(_label, y + 4, $"state {Kind(now)}{_side}", NameOf(now), LadderFrame.LabelRoom, 11);
        double line = y + 15;
        if (now.Certainty == Certainty.Inferred)
        {
            picture.Text(_label, line, $"small{_side}", now.Certainty.Words());
            line += 11;
        }

        foreach (EndState passed in states.SkipLast(1))
        {
            picture.Text(_label, line, $"small{_side}", $"via {NameOf(passed)}", LadderFrame.LabelRoom, 10);
            line += 11;
        }
    }

    /// <summary>Nothing is said of the state from here on, until <see cref="Change"/>.</summary>
    public void Break(SvgWriter picture, double y)
    {
        Draw(picture, y);
        _since = double.NaN;
    }

    /// <summary>The strip of the picture ends here, and the next begins at its own 0.</summary>
    public void EndStrip(SvgWriter picture, double height)
    {
        Draw(picture, height);
        _since = double.IsNaN(_since) ? _since : 0;
    }

    /// <summary>A piece of a band in one of its three shapes.</summary>
    public static void Swatch(SvgWriter picture, double x, double from, double to, string shape)
    {
        if (shape == "stripes")
        {
            picture.Line(x + (LadderFrame.Band / 2), from, x + (LadderFrame.Band / 2), to, shape);
        }
        else
        {
            picture.Box(x + 0.5, from, LadderFrame.Band - 1, to - from, shape);
        }
    }

    private static string NameOf(EndState state)
        => state.Certainty == Certainty.Unknown ? Certainty.Unknown.Words() : state.State.Name(StateSpelling.Rfc);

    private void Draw(SvgWriter picture, double to)
    {
        if (_state is not { } state || !(to > _since))
        {
            return;
        }

        picture.BeginGroup($"band {Kind(state)}", $"{(end == ConnectionEnd.Originator ? "originator" : "responder")}: {NameOf(state)}{(state.Certainty == Certainty.Inferred ? ", inferred" : "")}");
        Swatch(picture, _left, _since, to, state.Certainty switch { Certainty.Seen => "filled", Certainty.Inferred => "stripes", Certainty.Unknown => "dotted" });
        picture.EndGroup();
    }

    /// <summary>The class of its colour: which part of a connection's life it is.</summary>
    private static string Kind(EndState state) => state.Certainty == Certainty.Unknown ? "unknown" : state.State switch
    {
        TcpState.Listen or TcpState.SynSent or TcpState.SynReceived => "opening",
        TcpState.Established => "established",
        TcpState.FinWait1 or TcpState.FinWait2 or TcpState.CloseWait or TcpState.LastAck or TcpState.Closing => "closing",
        TcpState.TimeWait => "waiting",
        TcpState.Closed => "closed",
        _ => "unknown",
    };
}
