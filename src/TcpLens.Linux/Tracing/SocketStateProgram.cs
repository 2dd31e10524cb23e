using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>
/// On sock:inet_sock_set_state(sk, oldstate, newstate), net/ipv4/af_inet.c: a socket changes its state. A child of a listener has no
/// addresses yet when it leaves LISTEN, and goes on at once: its first change is told with the second. A socket whose connection goes
/// on as a mini-socket does not close, whatever the kernel says.
/// </summary>
internal sealed class SocketStateProgram(TracePlan plan) : TransitionProgram(plan)
{
    public const string Tracepoint = "inet_sock_set_state";

    private const int StateListen = (int)TcpState.Listen;
    private const int StateSynReceived = (int)TcpState.SynReceived;
    private const int StateEstablished = (int)TcpState.Established;

    private bool TellsChanges => Plan.Wants(TraceTopics.StateChanges | TraceTopics.Connects);

    private bool TellsLives => Plan.Wants(TraceTopics.Lives);

    protected override void Write()
    {
        BpfLabel isKnown = Code.NewLabel(), isClosed = Code.NewLabel(), isMini = Code.NewLabel();
        TakeTcpSocket(0);
        CheckNamespace();
        TakeTime();
        Recall();
        BeginRecord(TraceKind.StateChange);
        LoadArgument(R1, 1);
        Put(RecordPlace.From, 1, R1);
        LoadArgument(R2, 2);
        Put(RecordPlace.To, 1, R2);
        Code.JumpIfEqual(R8, 0, isKnown);
        Code.Load(R1, R8, TracedSocket.Since, 8);
        Put(RecordPlace.Since, 8, R1);
        Code.Mark(isKnown);
        Code.JumpIfEqual(R2, StateClosed, isClosed);
        GoOn();
        Code.Jump(Done);

        Code.Mark(isClosed);
        FindMiniSocket(isMini);
        End(isMiniSocket: false);
        Forget();
        Code.Jump(Done);

        Code.Mark(isMini);
        End(isMiniSocket: true);
        Forget();
    }

    /// <summary>Into any state but CLOSE.</summary>
    private void GoOn()
    {
        BpfLabel isNew = Code.NewLabel(), isOld = Code.NewLabel(), remember = Code.NewLabel(), unwanted = Code.NewLabel();
        Code.Load(R1, R10, Record + RecordPlace.From, 1);
        Code.JumpIfEqual(R1, StateListen, isNew);
        if (IsCounting)
        {
            Count();
        }
        else
        {
            PutSocket();
            PutOwner();
            if (TellsChanges)
            {
                Tell(unwanted);
                Code.Mark(unwanted);
            }
        }

        Code.Jump(remember);

        // A child of a listener: nothing is known of it but that it is there.
        Code.Mark(isNew);
        if (IsCounting)
        {
            Code.JumpIfNotEqual(R8, 0, remember);
            Count();
        }

        Code.Mark(remember);
        Code.JumpIfNotEqual(R8, 0, isOld);
        RememberNew();
        Code.Jump(Done);

        Code.Mark(isOld);
        Code.Store(R8, TracedSocket.Since, 8, R9);
        if (!IsCounting)
        {
            AppendState(R8);
            Code.JumpIfNotEqual(R2, StateEstablished, Done);
            Code.Store(R8, TracedSocket.Established, 8, R9);
        }
    }

    /// <summary>Path = path, new state. R2 ends as the new state.</summary>
    private void AppendState(BpfRegister memory)
    {
        Code.Load(R1, memory, TracedSocket.Path, 8);
        Code.ShiftLeft(R1, 4);
        Code.Load(R2, R10, Record + RecordPlace.To, 1);
        Code.Or(R1, R2);
        Code.Store(memory, TracedSocket.Path, 8, R1);
    }

    /// <summary>A socket seen for the first time: new if it leaves CLOSE or LISTEN, else an old one whose past is not known.</summary>
    private void RememberNew()
    {
        BpfLabel isBorn = Code.NewLabel(), done = Code.NewLabel(), notEstablished = Code.NewLabel();
        Clear(Value, TracedSocket.Length);
        Code.Store(R10, Value + TracedSocket.Since, 8, R9);
        Code.Load(R1, R10, Record + RecordPlace.From, 1);
        Code.Load(R2, R10, Record + RecordPlace.To, 1);
        Code.Store(R10, Value + TracedSocket.Path, 8, R2);
        Code.JumpIfEqual(R1, StateClosed, isBorn);
        Code.JumpIfEqual(R1, StateListen, isBorn);
        Code.ShiftLeft(R1, 4);
        Code.Or(R1, R2);
        Code.Store(R10, Value + TracedSocket.Path, 8, R1);
        Code.Jump(done);
        Code.Mark(isBorn);
        Code.Store(R10, Value + TracedSocket.Born, 8, R9);
        Code.Mark(done);
        Code.JumpIfNotEqual(R2, StateEstablished, notEstablished);
        Code.Store(R10, Value + TracedSocket.Established, 8, R9);
        Code.Mark(notEstablished);
        MoveOwner(R10, Value + TracedSocket.Pid, Value + TracedSocket.Command, R10, Record + RecordPlace.Pid, Record + RecordPlace.Command);
        Remember();
    }

    /// <summary>Goes there when the kernel has just made a mini-socket of this one (net/ipv4/tcp_minisocks.c, tcp_time_wait).</summary>
    private void FindMiniSocket(BpfLabel isMini)
    {
        if (Plan.TimeWaitHandler == 0)
        {
            return;
        }

        BpfLabel none = Code.NewLabel();
        TakeProcessorMemory();
        Code.Load(R1, R0, ProcessorMemory.Made, 8);
        Code.JumpIfEqual(R1, 0, none);
        Code.Store(R0, ProcessorMemory.Made, 8, 0);
        JumpIfOther(ProcessorMemory.MadeAddresses, Types.Sock("__sk_common.skc_addrpair"), none);
        JumpIfOther(ProcessorMemory.MadeRemotePort, Types.Sock("__sk_common.skc_dport"), none);
        JumpIfOther(ProcessorMemory.MadeLocalPort, Types["tcp_sock.inet_conn.icsk_inet.inet_sport"], none);
        Code.Store(R10, Scratch, 8, R1);
        Code.Load(R2, R0, ProcessorMemory.MadeState, 1);
        Put(RecordPlace.To, 1, R2);
        Code.Jump(isMini);
        Code.Mark(none);
    }

    private void JumpIfOther(int place, BtfMember member, BpfLabel other)
    {
        Code.Load(R2, R0, place, member.Size);
        Code.Load(R3, R7, member);
        Code.JumpIfNotEqual(R2, R3, other);
    }

    /// <summary>The socket ends: closed, or as a mini-socket whose address stands at <see cref="Scratch"/> and whose state is the record's.</summary>
    private void End(bool isMiniSocket)
    {
        BpfLabel told = Code.NewLabel(), unwanted = Code.NewLabel();
        if (!IsCounting)
        {
            PutSocket();
            PutOwner();
        }

        if (isMiniSocket)
        {
            // FIN_WAIT_2 goes on as FIN_WAIT_2: no change at all.
            Code.Load(R2, R10, Record + RecordPlace.To, 1);
            Code.JumpIfEqual(R2, StateFinWait2, told);
        }

        if (IsCounting)
        {
            Count();
        }
        else if (TellsChanges)
        {
            Tell(unwanted);
            Code.Mark(unwanted);
        }

        Code.Mark(told);
        if (TellsLives && !IsCounting)
        {
            TellLife(isMiniSocket);
        }

        if (isMiniSocket)
        {
            RememberMiniSocket();
        }
    }

    private void Tell(BpfLabel unwanted)
    {
        BpfLabel notBorn = Code.NewLabel(), wanted = Code.NewLabel();
        Code.Load(R1, R10, Record + RecordPlace.From, 1);
        Code.JumpIfNotEqual(R1, StateSynReceived, notBorn);
        Code.JumpIfEqual(R8, 0, notBorn);
        Code.Load(R1, R8, TracedSocket.Path, 8);
        Code.JumpIfNotEqual(R1, StateSynReceived, notBorn);
        AddMark(TraceMarks.Born);
        if (Plan.Wants(TraceTopics.StateChanges) && Plan.Request.From.Contains(TcpState.Listen) && Plan.Request.To.Contains(TcpState.SynReceived))
        {
            Code.Jump(wanted);
        }

        Code.Mark(notBorn);
        CheckStates(unwanted);
        Code.Mark(wanted);
        CheckFilter(unwanted);
        Send();
    }

    /// <summary>The record becomes that of the whole life; listeners have none.</summary>
    private void TellLife(bool isMiniSocket)
    {
        BpfLabel none = Code.NewLabel(), isOld = Code.NewLabel(), known = Code.NewLabel();
        Code.Load(R2, R10, Record + RecordPlace.From, 1);
        Code.JumpIfEqual(R2, StateListen, none);
        CheckFilter(none);
        Clear(Tail, LifeTail.Length);
        Put(RecordPlace.Kind, 1, (int)TraceKind.LifeEnded);
        Put(RecordPlace.Since, 8, 0);
        Code.Load(R2, R10, Record + RecordPlace.From, 1);
        Code.JumpIfEqual(R8, 0, isOld);
        Code.Load(R1, R8, TracedSocket.Born, 8);
        Put(RecordPlace.Since, 8, R1);
        Code.Load(R1, R8, TracedSocket.Established, 8);
        Code.Store(R10, Tail + TailPlace.Established, 8, R1);
        Code.Load(R2, R8, TracedSocket.Path, 8);
        Code.Mark(isOld);
        if (isMiniSocket)
        {
            AddMark(TraceMarks.BecameMiniSocket);
            Code.Load(R1, R10, Record + RecordPlace.To, 1);
            Code.JumpIfEqual(R1, StateFinWait2, known);
            Code.ShiftLeft(R2, 4);
            Code.Or(R2, StateTimeWait);
        }

        Code.Mark(known);
        Code.Store(R10, Tail + TailPlace.Path, 8, R2);
        foreach ((int place, string member) in ((int, string)[])
            [
                (TailPlace.BytesAcknowledged, "bytes_acked"), (TailPlace.BytesReceived, "bytes_received"), (TailPlace.BytesRetransmitted, "bytes_retrans"),
                (TailPlace.SegmentsSent, "segs_out"), (TailPlace.SegmentsReceived, "segs_in"), (TailPlace.Retransmits, "total_retrans"), (TailPlace.MinRtt, "rtt_min.s.v"),
            ])
        {
            BtfMember found = Types["tcp_sock." + member];
            Code.Load(R1, R7, found);
            Code.Store(R10, Tail + place, found.Size, R1);
        }

        Send(TraceRecord.Length + LifeTail.Length);
        Code.Mark(none);
    }

    /// <summary>What was remembered of the socket passes to its mini-socket.</summary>
    private void RememberMiniSocket()
    {
        BpfLabel isNew = Code.NewLabel(), began = Code.NewLabel();
        Clear(Value, TracedSocket.Length);
        Code.JumpIfEqual(R8, 0, isNew);
        for (int offset = 0; offset < TracedSocket.Length; offset += 8)
        {
            Code.Load(R1, R8, offset, 8);
            Code.Store(R10, Value + offset, 8, R1);
        }

        Code.Mark(isNew);
        Code.Load(R2, R10, Record + RecordPlace.To, 1);
        Code.Store(R10, Value + TracedSocket.State, 4, R2);
        Code.JumpIfEqual(R2, StateFinWait2, began);
        Code.Store(R10, Value + TracedSocket.Since, 8, R9);
        Code.Mark(began);
        Remember(Scratch);
    }
}
