using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>A term about a captured connection; of anything else it is unknown.</summary>
public abstract record ConnectionTest : FilterExpression
{
    public sealed override Truth Evaluate(in SocketEntry entry, ISocketContext context)
        => context is ConnectionFilter.Context { Record: { } record } ? Evaluate(record) : Truth.Unknown;

    private protected abstract Truth Evaluate(ConnectionRecord record);
}

/// <summary>One end or the other was last known to be in one of the states.</summary>
public sealed record EndStateTest(StateSet States) : ConnectionTest
{
    public override bool NamesAState => true;

    private protected override Truth Evaluate(ConnectionRecord record)
    {
        EndState originator = record.FinalState(ConnectionEnd.Originator), responder = record.FinalState(ConnectionEnd.Responder);
        return Holds(originator) || Holds(responder) ? Truth.True
            : originator.Certainty == Certainty.Unknown || responder.Certainty == Certainty.Unknown ? Truth.Unknown
            : Truth.False;
    }

    private protected override string Print() => new StateTest(States).ToString();

    private bool Holds(EndState state) => state.Certainty != Certainty.Unknown && States.Contains(state.State);
}

public sealed record OutcomeTest(ConnectionOutcome Outcome) : ConnectionTest
{
    private protected override Truth Evaluate(ConnectionRecord record) => Known(record.Outcome == Outcome);

    private protected override string Print() => $"outcome {Outcome.Name}";
}

/// <summary>The outcome in Zeek's letters.</summary>
public sealed record ZeekStateTest(string State) : ConnectionTest
{
    private protected override Truth Evaluate(ConnectionRecord record) => Known(record.ZeekState.Equals(State, StringComparison.OrdinalIgnoreCase));

    private protected override string Print() => $"zeek {State.ToUpperInvariant()}";
}

/// <summary>Some segment of the connection has the mark.</summary>
public sealed record MarkedTest(SegmentMarks Mark) : ConnectionTest
{
    private protected override Truth Evaluate(ConnectionRecord record)
        => Known(record.FromOriginator.CountOf(Mark) > 0 || record.FromResponder.CountOf(Mark) > 0);

    private protected override string Print() => $"mark {Mark.Name}";
}

/// <summary>A number of the connection against a number in the filter; unknown when the capture does not tell it.</summary>
public sealed record ConnectionFieldTest(ConnectionField Field, Comparison Comparison, ulong Value) : ConnectionTest
{
    private protected override Truth Evaluate(ConnectionRecord record)
        => record.ValueOf(Field) is { } value ? Known(Comparison.Holds(value, Value)) : Truth.Unknown;

    private protected override string Print()
        => $"{ConnectionFieldInfo.All[(int)Field].Name} {Comparison.Symbol} {Quantity.Print(Value, ConnectionFieldInfo.All[(int)Field].Unit)}";
}
