using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>Programs that were brought to their tracepoints, and what the kernel had no place for.</summary>
internal sealed class TraceProgramSet(KernelTypes types) : IDisposable
{
    private const string EndOfTimeWait = "the end of TIME_WAIT";
    private const string BeginningOfTimeWait = "when an orphan's FIN_WAIT_2 became TIME_WAIT";

    private readonly List<AttachedProgram> _programs = [];
    private readonly List<AttachedProgram> _ofTimers = [];
    private readonly List<AttachedProgram> _seconds = [];

    public int Count => _programs.Count + _ofTimers.Count + _seconds.Count;

    public List<BlindSpot> BlindSpots { get; } = [];

    /// <summary>Events that came while the same program was at work on the same processor.</summary>
    public ulong Misses => MissesOf(_programs);

    /// <summary>The same of the kernel's timers, of which few are those of a TIME_WAIT.</summary>
    public ulong MissedTimers => MissesOf(_ofTimers);

    /// <exception cref="SystemCallException">The kernel refused.</exception>
    /// <exception cref="MissingTypeException">The kernel has no such tracepoint, or a type is other than expected.</exception>
    public void Add(string tracepoint, TraceProgram program) => Add(tracepoint, program, program is MiniSocketTimerProgram ? _ofTimers : _programs);

    /// <summary>Adds a program that can be done without.</summary>
    public void TryAdd(string tracepoint, Func<TraceProgram> program, string what)
    {
        try
        {
            Add(tracepoint, program());
        }
        catch (Exception refused) when (refused is SystemCallException or MissingTypeException)
        {
            BlindSpots.Add(new BlindSpot(what, refused.Message));
        }
    }

    /// <summary>State changes, those of mini-sockets included.</summary>
    public void AddStateChanges(TracePlan plan)
    {
        if (plan.Counts is null)
        {
            Add(SocketStateProgram.Tracepoint, new SocketStateProgram(plan, isSecond: false));
            Add(SocketStateProgram.Tracepoint, new SocketStateProgram(plan, isSecond: true), _seconds);   // The kernel runs them in this order.
        }
        else
        {
            Add(SocketStateProgram.Tracepoint, new SocketCountProgram(plan));
        }

        if (!plan.SeesMiniSockets)
        {
            BlindSpots.Add(new BlindSpot("TIME_WAIT", "this kernel's table of connections is not where newer ones have it (Linux 6.1)"));
            return;
        }

        if (plan.FollowsMiniSockets)
        {
            AddMiniSockets(plan);
        }
    }

    /// <summary>Everything else that the plan wants.</summary>
    public void AddEvents(TracePlan plan, TraceNames names)
    {
        AddWanted(TraceTopics.Retransmissions, RetransmissionProgram.Tracepoint, () => new RetransmissionProgram(plan), "retransmissions");
        AddWanted(TraceTopics.SynAckRetransmissions, SynAckRetransmissionProgram.Tracepoint, () => new SynAckRetransmissionProgram(plan), "SYN-ACKs sent again");
        AddWanted(TraceTopics.Resets, ResetReceivedProgram.Tracepoint, () => new ResetReceivedProgram(plan), "resets received");
        AddWanted(TraceTopics.Resets, ResetSentProgram.Tracepoint, () => new ResetSentProgram(plan, ArgumentsOf(ResetSentProgram.Tracepoint)), "resets sent");
        AddWanted(TraceTopics.Errors, ErrorProgram.Tracepoint, () => new ErrorProgram(plan), "errors");
        AddWanted(TraceTopics.Losses, LossProgram.Tracepoint, () => new LossProgram(plan), "losses");
        AddWanted(TraceTopics.BadChecksums, BadChecksumProgram.Tracepoint, () => new BadChecksumProgram(plan), "bad checksums");
        AddWanted(TraceTopics.Accepts, AcceptProgram.Tracepoint, () => new AcceptProgram(plan), "what accept() returns");
        AddWanted(TraceTopics.Drops, DropProgram.Tracepoint, () => DropsOf(plan, names), "dropped segments");

        void AddWanted(TraceTopics topic, string tracepoint, Func<TraceProgram> program, string what)
        {
            if (plan.Wants(topic))
            {
                TryAdd(tracepoint, program, what);
            }
        }
    }

    private void AddMiniSockets(TracePlan plan)
    {
        AddFins(plan);
        if (plan.TimeWaitHandler == 0)
        {
            BlindSpots.Add(new BlindSpot(EndOfTimeWait, "the kernel hides where its functions are", "cap_syslog, or kernel.kptr_restrict 0, shows it"));
        }
        else if (plan.Counts is not null)
        {
            TryAdd(MiniSocketExpiryProgram.Tracepoint, () => new MiniSocketExpiryProgram(plan), EndOfTimeWait);
        }
        else
        {
            TryAdd(MiniSocketTimerStartProgram.Tracepoint, () => new MiniSocketTimerStartProgram(plan), EndOfTimeWait);
            TryAdd(MiniSocketTimerCancelProgram.Tracepoint, () => new MiniSocketTimerCancelProgram(plan), EndOfTimeWait);
        }
    }

    private void AddFins(TracePlan plan)
    {
        if (plan.SeesFins)
        {
            TryAdd(MiniSocketFinProgram.Tracepoint, () => new MiniSocketFinProgram(plan), BeginningOfTimeWait);
        }
        else
        {
            BlindSpots.Add(new BlindSpot(BeginningOfTimeWait, "this kernel does not say for which socket a segment came (Linux 6.11)"));
        }
    }

    private DropProgram DropsOf(TracePlan plan, TraceNames names) => ArgumentsOf(DropProgram.Tracepoint) is >= DropProgram.LeastArguments and var arguments
        ? new DropProgram(plan, arguments, names)
        : throw new MissingTypeException("reason in the tracepoint kfree_skb (Linux 5.17)");

    private int ArgumentsOf(string tracepoint) => types.Tracepoint(tracepoint).Arguments;

    public void Dispose()
    {
        _programs.ForEach(static program => program.Dispose());
        _ofTimers.ForEach(static program => program.Dispose());
        _seconds.ForEach(static program => program.Dispose());
    }

    private void Add(string tracepoint, TraceProgram program, List<AttachedProgram> to)
        => to.Add(BpfProgram.Attach(program.Build(), types.Tracepoint(tracepoint).Id, tracepoint));

    private static ulong MissesOf(List<AttachedProgram> programs)
    {
        ulong misses = 0;
        foreach (AttachedProgram program in programs)
        {
            misses += program.Misses;
        }

        return misses;
    }
}
