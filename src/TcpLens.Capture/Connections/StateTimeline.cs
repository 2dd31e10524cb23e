using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Why a step was taken: what must be known to prove it later, or to take it back.</summary>
internal enum StepCause : byte
{
    /// <summary>The end's own segment.</summary>
    Own,

    /// <summary>It was told that its SYN arrived, and nothing will acknowledge that.</summary>
    AckOfSyn,

    /// <summary>It was told that its FIN arrived, and nothing will acknowledge that.</summary>
    AckOfFin,

    /// <summary>It was told RST.</summary>
    Reset,

    /// <summary>Its beginning was not captured: the state is the likeliest one.</summary>
    Midstream,
}

/// <summary>
/// The steps of both ends through the transition table, one ulong a step: nanoseconds since the connection's first segment, cause,
/// certainty, end, state. What does not fit is left out, and said so; the present states are known all the same.
/// </summary>
internal struct StateTimeline
{
    /// <summary>A whole life of both ends has ten steps; one more for what ends a TIME-WAIT.</summary>
    public const int Capacity = 11;

    private const int TimeShift = 10;
    private const long MostTime = (1L << (63 - TimeShift)) - 1;
    private const ulong CertaintyBits = 3UL << CertaintyShift;
    private const int EndShift = 4;
    private const int CertaintyShift = 5;
    private const int CauseShift = 7;

    private PackedSteps _steps;
    private EndState _originator;
    private EndState _responder;
    private byte _count;

    public bool IsCut { get; private set; }

    public readonly EndState this[ConnectionEnd end] => end == ConnectionEnd.Originator ? _originator : _responder;

    /// <summary>The first known state of an end.</summary>
    public void Begin(ConnectionEnd end, TcpState state, Certainty certainty, StepCause cause, long at)
    {
        if (this[end].Certainty == Certainty.Unknown)
        {
            Add(end, new(state, certainty), cause, at);
        }
    }

    /// <summary>Moves an end as the table says; false when the event moves nothing there, or the end's state is unknown.</summary>
    public bool Step(ConnectionEnd end, TcpEvent @event, Certainty certainty, StepCause cause, long at)
    {
        EndState now = this[end];
        if (now.Certainty == Certainty.Unknown || TcpTransitions.Next(now.State, @event) is not { } next)
        {
            return false;
        }

        Add(end, new(next, certainty), cause, at);
        return true;
    }

    /// <summary>What was inferred for this cause is now seen.</summary>
    public void Prove(ConnectionEnd end, StepCause cause)
    {
        ProveEarlier(end, cause, _count);
        if (this[end].Certainty == Certainty.Inferred && LastOf(end) is var last and >= 0 && CauseOf(_steps[last]) == cause)
        {
            Present(end) = new(this[end].State, Certainty.Seen);
        }
    }

    /// <summary>The same for all steps but the last.</summary>
    public void ProveAllButLast(ConnectionEnd end, StepCause cause) => ProveEarlier(end, cause, LastOf(end));

    /// <summary>Takes the last steps back that were inferred for this cause, since the end has just shown that it did not take them.</summary>
    public bool TakeBack(ConnectionEnd end, StepCause cause)
    {
        bool any = false;
        while (!IsCut && this[end].Certainty == Certainty.Inferred && LastOf(end) is var last and >= 0 && CauseOf(_steps[last]) == cause)
        {
            RemoveAt(last);
            Present(end) = LastOf(end) is var before and >= 0 ? StateIn(_steps[before]) : default;
            any = true;
        }

        return any;
    }

    /// <summary>Why the end is where it is; meaningless while that is unknown, or the timeline is cut.</summary>
    public readonly StepCause CauseOf(ConnectionEnd end) => LastOf(end) is var last and >= 0 ? CauseOf(_steps[last]) : StepCause.Own;

    /// <summary>When the end first came into the state, in nanoseconds since the connection's first segment; null when it never did.</summary>
    public readonly long? TimeOf(ConnectionEnd end, TcpState state)
    {
        for (int at = 0; at < _count; at++)
        {
            if (EndIn(_steps[at]) == end && StateIn(_steps[at]).State == state)
            {
                return TimeIn(_steps[at]);
            }
        }

        return null;
    }

    public readonly StateStep[] Read(long firstNanoseconds)
    {
        var steps = new StateStep[_count];
        for (int at = 0; at < _count; at++)
        {
            steps[at] = new(new(unchecked(firstNanoseconds + TimeIn(_steps[at]))), EndIn(_steps[at]), StateIn(_steps[at]));
        }

        return steps;
    }

    private void Add(ConnectionEnd end, EndState state, StepCause cause, long at)
    {
        Present(end) = state;
        if (_count == Capacity)
        {
            IsCut = true;
            return;
        }

        long time = Math.Clamp(at, -MostTime, MostTime);
        _steps[_count++] = (ulong)(time << TimeShift)
            | ((ulong)cause << CauseShift) | ((ulong)state.Certainty << CertaintyShift) | ((ulong)end << EndShift) | (ulong)state.State;
    }

    private void ProveEarlier(ConnectionEnd end, StepCause cause, int until)
    {
        for (int at = 0; at < until; at++)
        {
            if (EndIn(_steps[at]) == end && CauseOf(_steps[at]) == cause)
            {
                _steps[at] = (_steps[at] & ~CertaintyBits) | ((ulong)Certainty.Seen << CertaintyShift);
            }
        }
    }

    private void RemoveAt(int at)
    {
        for (_count--; at < _count; at++)
        {
            _steps[at] = _steps[at + 1];
        }
    }

    private readonly int LastOf(ConnectionEnd end)
    {
        int at = _count - 1;
        while (at >= 0 && EndIn(_steps[at]) != end)
        {
            at--;
        }

        return at;
    }

    [UnscopedRef]
    private ref EndState Present(ConnectionEnd end) => ref end == ConnectionEnd.Originator ? ref _originator : ref _responder;

    private static long TimeIn(ulong step) => (long)step >> TimeShift;

    private static ConnectionEnd EndIn(ulong step) => (ConnectionEnd)((step >> EndShift) & 1);

    private static StepCause CauseOf(ulong step) => (StepCause)((step >> CauseShift) & 7);

    private static EndState StateIn(ulong step) => new((TcpState)(step & 15), (Certainty)((step >> CertaintyShift) & 3));
}

[InlineArray(StateTimeline.Capacity)]
internal struct PackedSteps
{
    private ulong _first;
}
