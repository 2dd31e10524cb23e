using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>On sock:inet_sock_set_state(sk, oldstate, newstate): counts the change, and does nothing else.</summary>
internal sealed class SocketCountProgram(TracePlan plan) : TransitionProgram(plan)
{
    protected override void Write()
    {
        BpfLabel isKnown = Code.NewLabel(), isOpen = Code.NewLabel(), noMiniSocket = Code.NewLabel(), count = Code.NewLabel();
        TakeSocket();
        TakeTime();
        Recall();
        Code.Store(R10, Record + RecordPlace.Since, 8, 0);
        LoadArgument(R1, 1);
        Put(RecordPlace.From, 1, R1);
        LoadArgument(R2, 2);
        Put(RecordPlace.To, 1, R2);
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
        if (Plan.TimeWaitHandler != 0)
        {
            FindMiniSocket(noMiniSocket);
            RememberMiniSocket();
            Code.Load(R2, R10, Record + RecordPlace.To, 1);
            Code.JumpIfEqual(R2, StateFinWait2, Done);   // It goes on in the same state: no change.
            Code.Mark(noMiniSocket);
        }

        Code.Mark(count);
        Count();
    }

    private void RememberMiniSocket()
    {
        BpfLabel isTimeWait = Code.NewLabel();
        Clear(Value, TracedSocket.Length);
        Code.Load(R2, R10, Record + RecordPlace.To, 1);
        Code.Store(R10, Value + TracedSocket.State, 4, R2);
        Code.Move(R1, R9);
        Code.JumpIfNotEqual(R2, StateFinWait2, isTimeWait);
        Code.Load(R1, R10, Record + RecordPlace.Since, 8);
        Code.Mark(isTimeWait);
        Code.Store(R10, Value + TracedSocket.Since, 8, R1);
        Remember(Scratch);
    }
}
