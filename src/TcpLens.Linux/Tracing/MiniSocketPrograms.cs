using TcpLens.Observation;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>
/// A program about struct inet_timewait_sock, which no state change of the kernel's ever mentions: it is seen by its timer. R7 is its
/// address, a plain number, so that everything is read through <see cref="TraceProgram.Copy"/>.
/// </summary>
internal abstract class MiniSocketProgram(TracePlan plan) : TransitionProgram(plan)
{
    protected void CopyMiniSocket()
    {
        CopyCommon(R7);
        if (Plan.Namespaces.Count > 0)
        {
            CopyNamespace();
            Code.Load(R1, R10, Scratch, 4);
            CheckNamespaceIn(R1);
        }
    }

    /// <summary>R1 = FIN_WAIT_2 or TIME_WAIT.</summary>
    protected void TakeState()
    {
        Copy(Scratch, 1, R7, Types["inet_timewait_sock.tw_substate"].Offset);
        Code.Load(R1, R10, Scratch, 1);
    }

    /// <summary>Everything a record tells of the mini-socket itself; its states stand there already.</summary>
    protected void PutMiniSocket()
    {
        BpfLabel unknown = Code.NewLabel();
        PutCommon(isCopied: true);
        CopyNamespace();
        Code.Load(R1, R10, Scratch, 4);
        Put(RecordPlace.Namespace, 4, R1);
        Copy(Scratch, 2, R7, Types["inet_timewait_sock.tw_sport"].Offset);
        Code.Load(R1, R10, Scratch, 2);
        Code.SwapNetworkOrder(R1, 16);
        Put(RecordPlace.LocalPort, 2, R1);
        Put(RecordPlace.Marks, 2, (int)(TraceMarks.MiniSocket | TraceMarks.Orphan));
        PutRememberedOwner(unknown);
        Code.Mark(unknown);
    }

    protected void Tell()
    {
        if (!Plan.Wants(TraceTopics.StateChanges))
        {
            return;
        }

        BpfLabel unwanted = Code.NewLabel();
        CheckStates(unwanted);
        PutMiniSocket();
        CheckFilter(unwanted);
        Send();
        Code.Mark(unwanted);
    }

    /// <summary>FIN_WAIT_2 becomes TIME_WAIT; R8 is its memory, R9 the time.</summary>
    protected void EnterTimeWait()
    {
        BeginRecord(TraceKind.StateChange);
        Put(RecordPlace.From, 1, StateFinWait2);
        Put(RecordPlace.To, 1, StateTimeWait);
        Code.Load(R1, R8, TracedSocket.Since, 8);
        Put(RecordPlace.Since, 8, R1);
        Code.Store(R8, TracedSocket.State, 4, StateTimeWait);
        Code.Store(R8, TracedSocket.Since, 8, R9);
        if (IsCounting)
        {
            Count(CountSlot.Segments);
        }
        else
        {
            Tell();
        }
    }

    /// <summary>Counts the end of the mini-socket, whose state is R1 and whose memory R8.</summary>
    protected void CountEnd(CountSlot slot)
    {
        BpfLabel isUnknown = Code.NewLabel();
        Put(RecordPlace.From, 1, R1);
        Put(RecordPlace.To, 1, StateClosed);
        Put(RecordPlace.Since, 8, 0);
        Code.JumpIfEqual(R8, 0, isUnknown);
        Code.Load(R2, R8, TracedSocket.State, 4);
        Code.Load(R3, R8, TracedSocket.Since, 8);
        Code.Store(R8, TracedSocket.State, 4, 0);
        Code.Store(R8, TracedSocket.Since, 8, 0);
        Code.JumpIfNotEqual(R1, R2, isUnknown);
        Put(RecordPlace.Since, 8, R3);
        Code.Mark(isUnknown);
        Count(slot);
    }

    /// <summary>To <see cref="Scratch"/>: the inode of the copied socket's namespace.</summary>
    private void CopyNamespace()
    {
        LoadCommon(R3, "skc_net", isCopied: true);
        PointAt(R1, Scratch);
        Code.Move(R2, 4);
        Code.Add(R3, Types["net.ns.inum"].Offset);
        Code.Call(BpfHelper.ProbeReadKernel);
    }
}

/// <summary>A program on a tracepoint of the kernel's timers, whose first argument is one.</summary>
internal abstract class MiniSocketTimerProgram(TracePlan plan) : MiniSocketProgram(plan)
{
    /// <summary>By which a mini-socket is told from the next one at its address: numbers of the connection, and of its ends.</summary>
    protected static readonly (int Place, string Member)[] Identity = [(ProcessorMemory.Cookie, "skc_cookie"), (ProcessorMemory.Hash, "skc_hash")];

    /// <summary>R7 = the mini-socket whose timer is the first argument, copied; ends for any other timer.</summary>
    protected void TakeMiniSocket()
    {
        LoadArgument(R7, 0);
        Code.Load(R1, R7, Types["timer_list.function"]);
        Code.LoadWide(R2, Plan.TimeWaitHandler);
        Code.JumpIfNotEqual(R1, R2, Done);
        Code.Add(R7, -Types["inet_timewait_sock.tw_timer"].Offset);
        CopyMiniSocket();
    }
}

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

/// <summary>
/// On skb:kfree_skb(skb, location, reason, rx_sk): the FIN that moves an orphan's FIN_WAIT_2 to TIME_WAIT is thrown away like every
/// segment that comes for a mini-socket, and from Linux 6.11 the kernel says for which socket it had come. Its timer says nothing when
/// both states last equally long, which they do by default.
/// </summary>
internal sealed class MiniSocketFinProgram(TracePlan plan) : MiniSocketProgram(plan)
{
    public const string Tracepoint = "kfree_skb";
    public const int Arguments = 4;

    protected override void Write()
    {
        BpfLabel isMoving = Code.NewLabel();
        LoadArgument(R7, 3);
        Code.JumpIfEqual(R7, 0, Done);
        Code.Load(R1, R7, Types["sock.__sk_common.skc_state"]);
        Code.JumpIfNotEqual(R1, StateTimeWait, Done);
        Code.Move(R1, R7);
        Code.Call(BpfHelper.ToTcpTimeWaitSock);
        Code.JumpIfEqual(R0, 0, Done);
        Code.Load(R1, R0, Types["tcp_timewait_sock.tw_sk.tw_substate"]);
        Code.JumpIfNotEqual(R1, StateTimeWait, Done);
        Code.Load(R9, R0, Types["tcp_timewait_sock.tw_sk.tw_timer.function"]);
        Recall();
        Code.JumpIfEqual(R8, 0, Done);
        Code.Load(R1, R8, TracedSocket.State, 4);
        Code.JumpIfEqual(R1, StateFinWait2, isMoving);
        if (IsCounting)
        {
            // A reset has ended it: its timer was taken away for good (timer_shutdown_sync).
            Code.JumpIfNotEqual(R9, 0, Done);
            Code.JumpIfNotEqual(R1, StateTimeWait, Done);
            TakeTime();
            Code.Move(R1, StateTimeWait);
            CountEnd(CountSlot.Segments);
        }

        Code.Jump(Done);
        Code.Mark(isMoving);
        CopyMiniSocket();
        TakeTime();
        EnterTimeWait();
    }
}
