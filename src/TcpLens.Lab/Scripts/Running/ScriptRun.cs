using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>One run of a script against a machine: each statement is done, or looked for, at its time.</summary>
internal sealed class ScriptRun(Script script, IScriptMachine machine, ScriptKnobs knobs, ScriptAddresses addresses, ScriptTrace trace)
{
    private readonly Script _script = script;
    private readonly IScriptMachine _machine = machine;
    private readonly ScriptClock _clock = new(machine.Now, machine.Lateness, script.Options);
    private readonly ScriptTrace _trace = trace;
    private readonly ShellCommands _shell = new(machine);
    private readonly CodeEvaluator _code = new(machine.TcpInfo);
    private readonly ScriptTraffic _traffic = new(script, machine, knobs, addresses);
    private PendingCall? _pending;
    private Instant _pendingDue;

    /// <summary>The statement that is being done.</summary>
    public ScriptStatement? Current { get; private set; }

    public TimeSpan Duration => _machine.Now - _clock.Start;

    /// <exception cref="ExpectationException">Something is not as the script expects.</exception>
    /// <exception cref="UnsupportedFeatureException">The script uses what is not known here.</exception>
    public void Run()
    {
        foreach (ScriptStatement statement in _script.Statements)
        {
            Current = statement;
            Do(statement);
        }

        FinishPending();
    }

    private void Do(ScriptStatement statement)
    {
        Instant before = _machine.Now;
        (Instant earliest, Instant latest) = _clock.Due(statement, before);
        switch (statement)
        {
            case SegmentStatement { IsInbound: false } sent:
                Expect(sent, earliest, latest, before);
                return;
            case IcmpStatement { IsInbound: false }:
                throw new UnsupportedFeatureException("ICMP messages that the stack sends");
            case CallStatement:
                FinishPending();
                break;
        }

        _machine.WaitUntil(earliest);
        switch (statement)
        {
            case SegmentStatement arrival:
                _trace.Add(_clock.SinceStart(_machine.Now), Body(arrival));
                _traffic.Inject(arrival.Segment);
                break;
            case IcmpStatement message:
                _trace.Add(_clock.SinceStart(_machine.Now), Body(message));
                _traffic.Inject(message.Message);
                break;
            case CallStatement call:
                Call(call, earliest);
                break;
            case ShellStatement shell when _shell.Run(shell.Command) is { } failed:
                throw new ExpectationException(failed, "it fails");
            case CodeStatement code when _code.Run(code.Code) is { } wrong:
                throw new ExpectationException("assertions that hold", wrong);
            case UnknownStatement unknown:
                throw new UnsupportedFeatureException(unknown.Feature);
        }
    }

    /// <summary>A segment of the stack's is due.</summary>
    private void Expect(SegmentStatement statement, Instant earliest, Instant latest, Instant before)
    {
        TimeSpan tolerance = _clock.ToleranceAt(latest, before);
        if (!_machine.WaitForPacket(latest + tolerance) || _traffic.Take(statement.Segment) is not { } actual)
        {
            throw new ExpectationException(Body(statement), $"nothing until {Seconds(_machine.Now)}");
        }

        string got = _traffic.Describe(actual);
        _trace.Add(_clock.SinceStart(actual.At), $"> {got}");
        if (_traffic.Difference(statement.Segment, actual) is { } difference)
        {
            throw new ExpectationException(Body(statement), $"> {got} (another {difference})");
        }

        // Only the longest delay of an ACK is bounded (RFC 9293 §3.8.6.3): an ACK may come before it.
        Instant first = actual is { PayloadLength: 0, Bits: ControlBits.Ack } && before < earliest ? before : earliest;
        bool isInTime = statement.Time.Kind == ScriptTimeKind.Any || (actual.At >= first + -tolerance && actual.At <= latest + tolerance);
        if (!isInTime)
        {
            throw new ExpectationException($"{Body(statement)} at {Seconds(earliest)}", $"it at {Seconds(actual.At)}");
        }
    }

    private void Call(CallStatement call, Instant dueAt)
    {
        _trace.Add(_clock.SinceStart(_machine.Now), Body(call));
        _traffic.Prepare(call);
        _pending = _machine.Begin(call);
        _pendingDue = dueAt;
        if (call.Time.CallEnd is null)
        {
            FinishPending();
        }
    }

    /// <summary>Waits for the call that is under way, and looks at what it returned.</summary>
    private void FinishPending()
    {
        if (_pending is not { } pending)
        {
            return;
        }

        _pending = null;
        ScriptStatement? current = Current;
        Current = pending.Statement;
        Instant? end = ScriptClock.CallEnd(pending.Statement.Time, _pendingDue);
        TimeSpan tolerance = _clock.ToleranceAt(end ?? _machine.Now, pending.BeganAt);
        if (!_machine.WaitForCall(pending, (end is { } due && due > _machine.Now ? due : _machine.Now) + tolerance))
        {
            throw new ExpectationException($"{pending.Statement.Function}() to return", "it waits");
        }

        bool isInTime = end is not { } wanted || (pending.DoneAt >= wanted + -tolerance && pending.DoneAt <= wanted + tolerance);
        if (!isInTime)
        {
            throw new ExpectationException($"{pending.Statement.Function}() to return at {Seconds(end!.Value)}", $"it at {Seconds(pending.DoneAt)}");
        }

        Check(pending.Statement, pending.Outcome!.Value);
        Current = current;
    }

    private void Check(CallStatement call, CallOutcome outcome)
    {
        if (_script.Options.GetValueOrDefault("non_fatal") == "syscall")
        {
            return;
        }

        long? expected = call.Result is { } result and not ScriptValue.Ellipsis ? CallArguments.Number(result) : null;
        int error = call.Error is { } name ? PosixNames.ErrorOf(name) ?? throw new UnsupportedFeatureException(name) : outcome.Error;
        bool makesDescriptor = call.Function is "socket" or "accept" or "accept4" or "epoll_create" or "epoll_create1" && expected >= 0 && outcome.Value >= 0;
        if ((expected is { } value && value != outcome.Value && !makesDescriptor) || error != outcome.Error)
        {
            throw new ExpectationException($"{call.Function}() = {expected} {call.Error}".TrimEnd(), outcome.ToString());
        }

        if (outcome.Mismatch is { } mismatch)
        {
            throw new ExpectationException(Body(call), mismatch);
        }
    }

    private string Seconds(Instant time) => $"{_clock.SinceStart(time).TotalSeconds:0.000} s";

    /// <summary>The statement without its time, on one line.</summary>
    private static string Body(ScriptStatement statement)
    {
        string text = string.Join(' ', statement.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        int start = text.IndexOfAny(['<', '>']);
        return statement is SegmentStatement or IcmpStatement && start >= 0 ? text[start..] : text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..];
    }
}
