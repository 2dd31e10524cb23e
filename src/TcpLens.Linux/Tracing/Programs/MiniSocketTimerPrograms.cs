using TcpLens.Observation;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>
/// On timer:timer_cancel(timer): a mini-socket ends, because its time has come or before; or its timer is about to be set anew, which
/// shows at once.
/// </summary>
internal sealed class MiniSocketTimerCancelProgram(TracePlan plan) : MiniSocketTimerProgram(plan)
{
    public const string Tracepoint = "timer_cancel";

    protected override void Write()
    {
        BpfLabel isUnknown = Code.NewLabel(), isEarly = Code.NewLabel(), isMoving = Code.NewLabel(), isOther = Code.NewLabel(), gone = Code.NewLabel();
        TakeMiniSocket();
        TakeTime();
        Recall();
        BeginRecord(TraceKind.TimeWaitCancelled);
        TakeState();
        Put(RecordPlace.From, 1, R1);
        Put(RecordPlace.To, 1, StateClosed);
        Note();
        Code.JumpIfEqual(R8, 0, isUnknown);
        Code.Load(R1, R10, Record + RecordPlace.From, 1);
        Code.Load(R2, R8, TracedSocket.State, 4);
        Code.JumpIfNotEqual(R1, R2, isOther);
        Code.Load(R1, R8, TracedSocket.Since, 8);
        Put(RecordPlace.Since, 8, R1);
        Code.Jump(isUnknown);

        // A FIN is being treated, of which we have not been told yet. Where we never are, nobody knows when its TIME_WAIT began.
        Code.Mark(isOther);
        if (Plan.SeesFins)
        {
            Code.JumpIfEqual(R2, StateFinWait2, isMoving);
        }

        Code.Mark(isUnknown);
        Code.Call(BpfHelper.Jiffies);
        Code.Store(R10, Value, 8, R0);
        Copy(Scratch, 8, R7, Types["inet_timewait_sock.tw_timer"].Offset + Types["timer_list.expires"].Offset);
        Code.Load(R1, R10, Scratch, 8);
        Code.Load(R2, R10, Value, 8);
        Code.JumpIfLess(R2, R1, isEarly);
        Put(RecordPlace.Kind, 1, (int)TraceKind.StateChange);
        Code.Mark(isEarly);
        Tell();
        Code.Mark(isMoving);
        Code.JumpIfEqual(R8, 0, gone);
        Code.Store(R8, TracedSocket.State, 4, 0);
        Code.Store(R8, TracedSocket.Since, 8, 0);
        Code.Mark(gone);
    }

    /// <summary>Notes the mini-socket, and what is remembered of it, in case its timer is set anew.</summary>
    private void Note()
    {
        BpfLabel isUnknown = Code.NewLabel();
        TakeProcessorMemory();
        Code.Store(R0, ProcessorMemory.Cancelled, 8, R7);
        foreach ((int place, string name) in Identity)
        {
            LoadCommon(R1, name, isCopied: true);
            Code.Store(R0, place, 8, R1);
        }

        Code.JumpIfEqual(R8, 0, isUnknown);
        Code.Load(R1, R8, TracedSocket.State, 4);
        Code.Store(R0, ProcessorMemory.State, 4, R1);
        Code.Load(R1, R8, TracedSocket.Since, 8);
        Code.Store(R0, ProcessorMemory.Since, 8, R1);
        Code.Mark(isUnknown);
    }
}

/// <summary>
/// On timer:timer_start(timer, bucket_expiry): the timer of a mini-socket is set anew, between locks, right after it was taken away; so
/// what was taken for the end was none.
/// </summary>
internal sealed class MiniSocketTimerStartProgram(TracePlan plan) : MiniSocketTimerProgram(plan)
{
    public const string Tracepoint = "timer_start";

    protected override void Write()
    {
        BpfLabel isRestart = Code.NewLabel(), isUnknown = Code.NewLabel();
        TakeMiniSocket();
        TakeProcessorMemory();
        Code.Move(R9, R0);
        Code.Load(R1, R9, ProcessorMemory.Cancelled, 8);
        Code.Store(R9, ProcessorMemory.Cancelled, 8, 0);
        Code.JumpIfNotEqual(R1, R7, Done);
        foreach ((int place, string name) in Identity)
        {
            LoadCommon(R1, name, isCopied: true);
            Code.Load(R2, R9, place, 8);
            Code.JumpIfNotEqual(R1, R2, Done);   // A new one, where the other was.
        }

        Recall();
        Code.JumpIfEqual(R8, 0, isUnknown);
        Code.Load(R1, R9, ProcessorMemory.Since, 8);
        Code.Store(R8, TracedSocket.Since, 8, R1);
        Code.Load(R1, R9, ProcessorMemory.State, 4);
        Code.Store(R8, TracedSocket.State, 4, R1);
        Code.Mark(isUnknown);
        TakeTime();
        TakeState();
        Code.JumpIfNotEqual(R1, StateTimeWait, Done);
        Code.JumpIfEqual(R8, 0, isRestart);
        Code.Load(R1, R8, TracedSocket.State, 4);
        Code.JumpIfNotEqual(R1, StateFinWait2, isRestart);
        EnterTimeWait();
        if (Plan.SeesFins)
        {
            Code.Jump(Done);   // Its end was not told, so there is none to take back.
        }

        Code.Mark(isRestart);
        if (Plan.Wants(TraceTopics.StateChanges))
        {
            BeginRecord(TraceKind.TimeWaitRestarted);
            Put(RecordPlace.From, 1, StateTimeWait);
            Put(RecordPlace.To, 1, StateTimeWait);
            PutMiniSocket();
            CheckFilterEnds(Done);
            Send();
        }
    }
}

/// <summary>
/// On timer:timer_expire_entry(timer, baseclk): the time of a mini-socket has come. For counting it is enough, and comes far less often
/// than timers are set.
/// </summary>
internal sealed class MiniSocketExpiryProgram(TracePlan plan) : MiniSocketTimerProgram(plan)
{
    public const string Tracepoint = "timer_expire_entry";

    protected override void Write()
    {
        TakeMiniSocket();
        TakeTime();
        Recall();
        TakeState();
        CountEnd(CountSlot.Expiries);
    }
}
