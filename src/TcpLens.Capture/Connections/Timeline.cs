using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>Takes the steps of both ends through the transition table, proves them and takes them back.</summary>
internal readonly ref struct Timeline
{
    public const int Capacity = FirstSteps.Capacity + LaterSteps.Capacity;

    private readonly ref StateTimeline _steps;
    private readonly Slab<LaterSteps> _later;

    public Timeline(ref StateTimeline steps, Slab<LaterSteps> later)
    {
        _steps = ref steps;
        _later = later;
    }

    public EndState this[ConnectionEnd end] => _steps[end];

    /// <summary>True when states were guessed because the capture lacks a beginning.</summary>
    public bool HasGuesses => _steps.HasGuesses;

    /// <summary>The first known state of an end.</summary>
    public void Begin(ConnectionEnd end, TcpState state, Certainty certainty, StepCause cause, long at)
    {
        if (_steps[end].Certainty == Certainty.Unknown)
        {
            Add(end, new(state, certainty), cause, at);
        }
    }

    /// <summary>Moves an end as the table says; false when the event moves nothing there, or the end's state is unknown.</summary>
    public bool Step(ConnectionEnd end, TcpEvent @event, Certainty certainty, StepCause cause, long at)
    {
        EndState now = _steps[end];
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
        ProveEarlier(end, cause, _steps.Count);
        if (_steps[end].Certainty == Certainty.Inferred && LastOf(end) is var last and >= 0 && At(last).Cause == cause)
        {
            _steps.Present(end) = new(_steps[end].State, Certainty.Seen);
        }
    }

    /// <summary>The same for all steps but the last.</summary>
    public void ProveAllButLast(ConnectionEnd end, StepCause cause) => ProveEarlier(end, cause, LastOf(end));

    /// <summary>Takes the last steps back that were inferred for this cause, since the end has just shown that it did not take them.</summary>
    public void TakeBack(ConnectionEnd end, StepCause cause)
    {
        while (!_steps.IsCut && _steps[end].Certainty == Certainty.Inferred && LastOf(end) is var last and >= 0 && At(last).Cause == cause)
        {
            RemoveAt(last);
            _steps.Present(end) = LastOf(end) is var before and >= 0 ? At(before).State : default;
        }
    }

    /// <summary>Why the end is where it is; meaningless while that is unknown, or the timeline is cut.</summary>
    public StepCause CauseOf(ConnectionEnd end) => LastOf(end) is var last and >= 0 ? At(last).Cause : StepCause.Own;

    /// <summary>When the end first came into the state, in nanoseconds since the connection's first segment; null when it never did.</summary>
    public long? TimeOf(ConnectionEnd end, TcpState state)
    {
        for (int at = 0; at < _steps.Count; at++)
        {
            PackedStep step = At(at);
            if (step.End == end && step.State.State == state)
            {
                return step.At;
            }
        }

        return null;
    }

    public StateStep[] Read(long firstNanoseconds)
    {
        var steps = new StateStep[_steps.Count];
        for (int at = 0; at < steps.Length; at++)
        {
            PackedStep step = At(at);
            steps[at] = new(new(unchecked(firstNanoseconds + step.At)), step.End, step.State);
        }

        return steps;
    }

    private void Add(ConnectionEnd end, EndState state, StepCause cause, long at)
    {
        _steps.Present(end) = state;
        _steps.WasEstablished |= state.State == TcpState.Established;
        _steps.HasGuesses |= cause == StepCause.Midstream;
        bool hasRoom = _steps.Count < Capacity && (_steps.Count < FirstSteps.Capacity || HasLater());
        if (!hasRoom)
        {
            _steps.IsCut = true;
            return;
        }

        Slot(_steps.Count++) = new PackedStep(end, state, cause, at).Bits;
    }

    private bool HasLater()
    {
        if (_steps.Later == 0)
        {
            _steps.Later = _later.Take();
        }

        return _steps.Later != 0;
    }

    private void ProveEarlier(ConnectionEnd end, StepCause cause, int until)
    {
        for (int at = 0; at < until; at++)
        {
            PackedStep step = At(at);
            if (step.End == end && step.Cause == cause)
            {
                Slot(at) = step.Proven.Bits;
            }
        }
    }

    private void RemoveAt(int at)
    {
        for (_steps.Count--; at < _steps.Count; at++)
        {
            Slot(at) = Slot(at + 1);
        }
    }

    private int LastOf(ConnectionEnd end)
    {
        int at = _steps.Count - 1;
        while (at >= 0 && At(at).End != end)
        {
            at--;
        }

        return at;
    }

    private PackedStep At(int at) => new(Slot(at));

    private ref ulong Slot(int at)
    {
        if (at < FirstSteps.Capacity)
        {
            return ref _steps.First[at];
        }

        return ref _later[_steps.Later][at - FirstSteps.Capacity];
    }
}
