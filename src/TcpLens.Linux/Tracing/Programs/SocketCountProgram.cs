using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>On sock:inet_sock_set_state(sk, oldstate, newstate): counts the change, and does nothing else.</summary>
internal sealed class SocketCountProgram(TracePlan plan) : TransitionProgram(plan)
{
    private const int StateListen = (int)TcpState.Listen;

    protected override void Write()
    {
        BpfLabel isOther = Code.NewLabel(), isKnown = Code.NewLabel(), isOpen = Code.NewLabel(), noMiniSocket = Code.NewLabel(), count = Code.NewLabel();
        TakeSocket();
        LoadArgument(R1, 1);
        Put(RecordPlace.From, 1, R1);
        LoadArgument(R2, 2);
        Put(RecordPlace.To, 1, R2);
        Code.Store(R10, Record + RecordPlace.Since, 8, 0);

        // A child goes on from SYN_RECEIVED in the same breath: that time says nothing, and to take it would cost as much as all the rest.
        Code.JumpIfNotEqual(R1, StateListen, isOther);
        Code.JumpIfEqual(R2, (int)TcpState.SynReceived, count);
        Code.Mark(isOther);
        TakeTimeOfSegment();
        Recall();
        Code.Load(R2, R10, Record + RecordPlace.To, 1);
        Code.JumpIfNotEqual(R8, 0, isKnown);
        Code.JumpIfEqual(R2, StateClosed, isOpen);
        Clear(Value, TracedSocket.Length);
        Code.Store(R10, Value + TracedSocket.Since, 8, R9);
        Remember();
        Code.Jump(count);

        Code.Mark(isKnown);
        Code.Load(R1, R8, TracedSocket.Since, 8);
        Put(RecordPlace.Since, 8, R1);
        Code.Store(R8, TracedSocket.Since, 8, R9);
        Code.JumpIfNotEqual(R2, StateClosed, count);
        Code.Store(R8, TracedSocket.Since, 8, 0);
        Code.Mark(isOpen);
        if (Plan.SeesMiniSockets)
        {
            FindMiniSocket(noMiniSocket);
            RememberMiniSocket();
            Code.Load(R2, R10, Record + RecordPlace.To, 1);
            Code.JumpIfEqual(R2, StateFinWait2, Done);   // It goes on in the same state: no change.
            Code.Mark(noMiniSocket);
        }

        Code.Mark(count);
        Count(CountSlot.Sockets);
    }

    /// <summary>
    /// Changes that a segment or a timer brings come right after the kernel has read the clock for it (tcp_mstamp_refresh): to look there
    /// costs a fifth of reading the clock again. R1 and R2 are the states.
    /// </summary>
    private void TakeTimeOfSegment()
    {
        BpfLabel read = Code.NewLabel(), isNear = Code.NewLabel(), taken = Code.NewLabel();
        const int closedBy = (1 << (int)TcpState.LastAck) | (1 << (int)TcpState.Closing) | (1 << (int)TcpState.FinWait2);
        const int reached = (1 << (int)TcpState.Established) | (1 << (int)TcpState.CloseWait) | (1 << (int)TcpState.FinWait2) | (1 << (int)TcpState.Closing);
        Code.Move(R3, reached);
        Code.ShiftRight(R3, R2);
        Code.JumpIfAny(R3, 1, isNear);
        Code.JumpIfNotEqual(R2, StateClosed, read);
        Code.Move(R3, closedBy);
        Code.ShiftRight(R3, R1);
        Code.And(R3, 1);
        Code.JumpIfEqual(R3, 0, read);
        Code.Mark(isNear);
        Code.Move(R1, R7);
        Code.Call(BpfHelper.ToTcpSock);
        Code.JumpIfEqual(R0, 0, read);
        Code.Load(R9, R0, Types["tcp_sock.tcp_clock_cache"]);
        Code.Jump(taken);
        Code.Mark(read);
        TakeTime();
        Code.Mark(taken);
    }

    /// <summary>The last one at the same address may have ended early, which no timer tells: it is counted now.</summary>
    private void RememberMiniSocket()
    {
        BpfLabel isTimeWait = Code.NewLabel(), isNew = Code.NewLabel(), done = Code.NewLabel();
        Clear(Value, TracedSocket.Length);
        Code.Load(R2, R10, Record + RecordPlace.To, 1);
        Code.Store(R10, Value + TracedSocket.State, 4, R2);
        Code.Move(R1, R9);
        Code.JumpIfNotEqual(R2, StateFinWait2, isTimeWait);
        Code.Load(R1, R10, Record + RecordPlace.Since, 8);
        Code.Mark(isTimeWait);
        Code.Store(R10, Value + TracedSocket.Since, 8, R1);
        Code.LoadMap(R1, Plan.Sockets);
        PointAt(R2, Key);
        Code.Call(BpfHelper.MapLookup);
        Code.JumpIfEqual(R0, 0, isNew);
        Code.Load(R8, R0, TracedSocket.State, 4);
        for (int offset = 0; offset < TracedSocket.Length; offset += 8)
        {
            Code.Load(R1, R10, Value + offset, 8);
            Code.Store(R0, offset, 8, R1);
        }

        Code.JumpIfEqual(R8, 0, done);
        CountLate();
        Code.Jump(done);
        Code.Mark(isNew);
        Remember();
        Code.Mark(done);
    }

    /// <summary>The end of a mini-socket that was in the state R8; nobody knows when.</summary>
    private void CountLate()
    {
        Code.Load(R1, R10, Record + RecordPlace.From, 1);
        Code.Store(R10, Scratch, 1, R1);
        Code.Load(R1, R10, Record + RecordPlace.To, 1);
        Code.Store(R10, Scratch + 1, 1, R1);
        Code.Load(R1, R10, Record + RecordPlace.Since, 8);
        Code.Store(R10, Scratch + 8, 8, R1);
        Put(RecordPlace.From, 1, R8);
        Put(RecordPlace.To, 1, StateClosed);
        Put(RecordPlace.Since, 8, 0);
        Count(CountSlot.Sockets);
        Code.Load(R1, R10, Scratch, 1);
        Put(RecordPlace.From, 1, R1);
        Code.Load(R1, R10, Scratch + 1, 1);
        Put(RecordPlace.To, 1, R1);
        Code.Load(R1, R10, Scratch + 8, 8);
        Put(RecordPlace.Since, 8, R1);
    }
}
