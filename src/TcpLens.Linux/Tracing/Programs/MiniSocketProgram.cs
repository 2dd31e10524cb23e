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
