using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

public sealed record StateTest(StateSet States) : FilterExpression
{
    public override bool NamesAState => true;

    public override StateSet StatesWhere(bool outcome) => outcome ? States : ~States;

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context) => Known(States.Contains(entry.State));

    private protected override string Print() => States.Count == 0
        ? "exclude all"
        : States == StateSet.All
        ? "state all"
        : States.Count > 6
        ? $"exclude {StateWords.Print(~States)}"
        : $"state {StateWords.Print(States)}";
}

/// <summary>What the kernel keeps for the connection: a full socket, a request or a time-wait socket.</summary>
public sealed record KindTest(SocketKind Kind) : FilterExpression
{
    public override bool NamesAState => true;

    public override StateSet StatesWhere(bool outcome) => (Kind, outcome) switch
    {
        (SocketKind.Request, true) => StateSet.Of(TcpState.SynReceived),
        (SocketKind.TimeWait, true) => StateSet.Of(TcpState.TimeWait, TcpState.FinWait2),
        (SocketKind.Full, true) or (SocketKind.TimeWait, false) => ~StateSet.Of(TcpState.TimeWait),
        (SocketKind.Full, false) => StateSet.Of(TcpState.SynReceived, TcpState.TimeWait, TcpState.FinWait2),
        _ => StateSet.All,
    };

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context) => Known(entry.Kind == Kind);

    private protected override string Print() => Kind switch
    {
        SocketKind.Full => "kind full",
        SocketKind.Request => "kind request",
        SocketKind.TimeWait => "kind timewait",
    };
}

public sealed record TimerTest(SocketTimer Timer) : FilterExpression
{
    public override bool NamesAState => Timer == SocketTimer.TimeWait;

    public override StateSet StatesWhere(bool outcome)
        => Timer == SocketTimer.TimeWait && outcome ? StateSet.Of(TcpState.TimeWait, TcpState.FinWait2) : StateSet.All;

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context) => Known(entry.Timer == Timer);

    private protected override string Print() => Timer switch
    {
        SocketTimer.Off => "timer off",
        SocketTimer.Retransmit => "timer on",
        SocketTimer.KeepAlive => "timer keepalive",
        SocketTimer.TimeWait => "timer timewait",
        SocketTimer.ZeroWindowProbe => "timer persist",
        SocketTimer.DelayedAck => "timer delack",
    };
}

/// <summary>The handshake is done and no process has called accept() yet.</summary>
public sealed record UnacceptedTest : FilterExpression
{
    public override bool NamesAState => true;

    public override StateSet StatesWhere(bool outcome)
        => outcome ? StateSet.Of(TcpState.Established, TcpState.CloseWait) : StateSet.All;

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context) => Known(entry.IsUnaccepted);

    private protected override string Print() => "unaccepted";
}

/// <summary>A process let the socket go and the kernel is still closing it.</summary>
public sealed record OrphanTest : FilterExpression
{
    public override bool NamesAState => true;

    public override StateSet StatesWhere(bool outcome) => outcome
        ? StateSet.Of(TcpState.FinWait1, TcpState.FinWait2, TcpState.Closing, TcpState.LastAck)
        : StateSet.All;

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context) => Known(entry.IsOrphan);

    private protected override string Print() => "orphan";
}
