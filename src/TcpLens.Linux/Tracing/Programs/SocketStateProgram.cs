using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>
/// On sock:inet_sock_set_state(sk, oldstate, newstate), net/ipv4/af_inet.c: a socket changes its state. A child of a listener has no
/// addresses yet when it leaves LISTEN, and goes on at once: its first change is told with the second. A socket whose connection goes
/// on as a mini-socket does not close, whatever the kernel says.
/// <para>
/// The kernel passes over a program that is at work on the same processor already, as it may be when an interrupt brings a segment in the
/// midst of it. So there are two of it: the second tells what the first could not, and costs the others a glance. Whoever holds the
/// socket's lock can be interrupted, and who does not can not, so each of them leaves word in a place of its own.
/// </para>
/// </summary>
internal sealed class SocketStateProgram(TracePlan plan, bool isSecond) : LifeProgram(plan)
{
    public const string Tracepoint = "inet_sock_set_state";

    private const int StateSynReceived = (int)TcpState.SynReceived;
    private const int StateEstablished = (int)TcpState.Established;

    private bool TellsChanges => Plan.Wants(TraceTopics.StateChanges | TraceTopics.Connects);

    private bool TellsLives => Plan.Wants(TraceTopics.Lives);

    protected override void Write()
    {
        BpfLabel isChild = Code.NewLabel(), isOther = Code.NewLabel(), isClosed = Code.NewLabel();
        NoteTurn();
        if (isSecond)
        {
            EndIfTold();
        }

        TakeSocket();
        TakeTime();
        Recall();
        LoadArgument(R1, 1);
        LoadArgument(R2, 2);
        Code.JumpIfNotEqual(R1, StateListen, isOther);
        Code.JumpIfEqual(R2, StateSynReceived, isChild);
        Code.Mark(isOther);
        BeginChange();
        Code.JumpIfEqual(R2, StateClosed, isClosed);
        GoOn();
        Code.Jump(Done);

        Code.Mark(isChild);
        BeginChild();
        Code.Jump(Done);

        Code.Mark(isClosed);
        End();
    }

    protected override void WriteEnd()
    {
        if (!isSecond)
        {
            BpfLabel done = Code.NewLabel();
            TakeProcessorMemory(done);
            TakePlaceOfTurn();
            Code.Store(R0, ProcessorMemory.Told, 4, 1);
            Code.Mark(done);
        }
    }

    private void NoteTurn()
    {
        BpfLabel ofNetwork = Code.NewLabel();
        Code.Store(R10, Turn, 8, 0);
        LoadArgument(R7, 0);
        Code.Load(R1, R7, Types["sock.sk_lock.owned"]);
        Code.JumpIfEqual(R1, 0, ofNetwork);
        Code.Store(R10, Turn, 8, sizeof(uint));
        Code.Mark(ofNetwork);
    }

    private void EndIfTold()
    {
        BpfLabel isMissed = Code.NewLabel();
        TakeProcessorMemory(Done);
        TakePlaceOfTurn();
        Code.Load(R1, R0, ProcessorMemory.Told, 4);
        Code.JumpIfEqual(R1, 0, isMissed);
        Code.Store(R0, ProcessorMemory.Told, 4, 0);
        Code.Jump(Done);
        Code.Mark(isMissed);
        CountNoRoom(NoRoomPlace.Rescued);
    }

    /// <summary>R0, this processor's memory, moves on to the place of those whose turn it is.</summary>
    private void TakePlaceOfTurn()
    {
        Code.Load(R1, R10, Turn, 8);
        Code.And(R1, sizeof(uint));
        Code.Add(R0, R1);
    }

    /// <summary>The record with its two states and the old one's beginning; R2 ends as the new state.</summary>
    private void BeginChange()
    {
        BpfLabel isUnknown = Code.NewLabel();
        Code.Move(R1, R7);
        Code.Call(BpfHelper.ToTcpSock);
        Code.JumpIfEqual(R0, 0, Done);
        Code.Move(R7, R0);
        BeginRecord(TraceKind.StateChange);
        Code.JumpIfEqual(R8, 0, isUnknown);
        Code.Load(R1, R8, TracedSocket.Since, 8);
        Put(RecordPlace.Since, 8, R1);
        Code.Mark(isUnknown);
        LoadArgument(R1, 1);
        Put(RecordPlace.From, 1, R1);
        LoadArgument(R2, 2);
        Put(RecordPlace.To, 1, R2);
    }

    /// <summary>Into any state but CLOSE.</summary>
    private void GoOn()
    {
        BpfLabel isOld = Code.NewLabel(), told = Code.NewLabel();
        PutSocket();
        PutOwner();
        TellChange(told);
        Code.Mark(told);
        Code.JumpIfEqual(R8, 0, isOld);
        Code.Load(R1, R8, TracedSocket.Since, 8);
        Code.JumpIfEqual(R1, 0, isOld);
        Code.Store(R8, TracedSocket.Since, 8, R9);
        Code.Load(R1, R8, TracedSocket.Path, 8);
        Code.ShiftLeft(R1, 4);
        Code.Load(R2, R10, Record + RecordPlace.To, 1);
        Code.Or(R1, R2);
        Code.Store(R8, TracedSocket.Path, 8, R1);
        Code.JumpIfNotEqual(R2, StateEstablished, Done);
        Code.Store(R8, TracedSocket.Established, 8, R9);
        Code.Jump(Done);

        Code.Mark(isOld);
        BeginLife();
    }

    /// <summary>A child of a listener: nothing is known of it but that it is there.</summary>
    private void BeginChild()
    {
        Clear(Value, TracedSocket.Length);
        Code.Store(R10, Value + TracedSocket.Since, 8, R9);
        Code.Store(R10, Value + TracedSocket.Born, 8, R9);
        Code.Store(R10, Value + TracedSocket.Path, 8, StateSynReceived);
        RememberHere();
    }

    /// <summary>A socket seen for the first time: new if it leaves CLOSE, else an old one whose past is not known.</summary>
    private void BeginLife()
    {
        BpfLabel isBorn = Code.NewLabel(), isPlaced = Code.NewLabel(), notEstablished = Code.NewLabel();
        Clear(Value, TracedSocket.Length);
        Code.Store(R10, Value + TracedSocket.Since, 8, R9);
        Code.Load(R1, R10, Record + RecordPlace.From, 1);
        Code.Load(R2, R10, Record + RecordPlace.To, 1);
        Code.Store(R10, Value + TracedSocket.Path, 8, R2);
        Code.JumpIfEqual(R1, StateClosed, isBorn);
        Code.ShiftLeft(R1, 4);
        Code.Or(R1, R2);
        Code.Store(R10, Value + TracedSocket.Path, 8, R1);
        Code.Jump(isPlaced);
        Code.Mark(isBorn);
        Code.Store(R10, Value + TracedSocket.Born, 8, R9);
        Code.Mark(isPlaced);
        Code.JumpIfNotEqual(R2, StateEstablished, notEstablished);
        Code.Store(R10, Value + TracedSocket.Established, 8, R9);
        Code.Mark(notEstablished);
        MoveOwner(R10, Value + TracedSocket.Pid, Value + TracedSocket.Command, R10, Record + RecordPlace.Pid, Record + RecordPlace.Command);
        RememberHere();
    }

    /// <summary>Puts what stands at <see cref="Value"/> into the memory R8, or into the table when there is none.</summary>
    private void RememberHere()
    {
        BpfLabel isNew = Code.NewLabel();
        Code.JumpIfEqual(R8, 0, isNew);
        for (int offset = 0; offset < TracedSocket.Length; offset += 8)
        {
            Code.Load(R1, R10, Value + offset, 8);
            Code.Store(R8, offset, 8, R1);
        }

        Code.Jump(Done);
        Code.Mark(isNew);
        Remember();
    }

    /// <summary>The socket ends: it closes, or goes on as a mini-socket.</summary>
    private void End()
    {
        BpfLabel noMiniSocket = Code.NewLabel(), told = Code.NewLabel(), ended = Code.NewLabel();
        PutSocket();
        PutOwner();
        if (Plan.SeesMiniSockets)
        {
            FindMiniSocket(noMiniSocket);
            if (Plan.FollowsMiniSockets)
            {
                RememberMiniSocket();
            }

            Code.Load(R2, R10, Record + RecordPlace.To, 1);
            Code.JumpIfEqual(R2, StateFinWait2, told);   // It goes on in the same state: no change.
            Code.Mark(noMiniSocket);
        }

        TellChange(told);
        Code.Mark(told);
        if (TellsLives)
        {
            TellLife();
        }

        Code.JumpIfEqual(R8, 0, ended);
        Code.Store(R8, TracedSocket.Since, 8, 0);
        Code.Mark(ended);
    }

    private void TellChange(BpfLabel unwanted)
    {
        if (!TellsChanges)
        {
            return;
        }

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
        Remember();
    }
}
