using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>
/// What the tracing programs have in common. R6 is the tracepoint's arguments, R7 the socket, R8 what is remembered of it (or 0), R9 the
/// time. The record grows on the stack and leaves in one piece.
/// </summary>
internal abstract class TraceProgram(TracePlan plan)
{
    protected const int StateTimeWait = (int)TcpState.TimeWait;
    protected const int StateClosed = (int)TcpState.Closed;

    protected const int ProtocolTcp = 6;            // IPPROTO_TCP

    private const int RingNoWakeUp = 1;             // BPF_RB_NO_WAKEUP: we come and look.

    protected TracePlan Plan => plan;

    protected KernelTypes Types => plan.Types;

    protected BpfProgramBuilder Code { get; } = new();

    /// <summary>Where the program ends.</summary>
    protected BpfLabel Done { get; private set; }

    public ulong[] Build()
    {
        Done = Code.NewLabel();
        Code.Move(R6, R1);
        Write();
        Code.Mark(Done);
        WriteEnd();
        Code.Exit();
        return Code.Build();
    }

    protected abstract void Write();

    /// <summary>What is done however the program ends.</summary>
    protected virtual void WriteEnd()
    {
    }

    protected void LoadArgument(BpfRegister to, int number) => Code.Load(to, R6, 8 * number, 8);

    /// <summary>R7 = the argument as a tcp_sock; ends for what is none.</summary>
    protected void TakeTcpSocket(int argument)
    {
        LoadArgument(R1, argument);
        Code.Call(BpfHelper.ToTcpSock);
        Code.JumpIfEqual(R0, 0, Done);
        Code.Move(R7, R0);
    }

    /// <summary>R7 = the first argument, a TCP socket in a namespace that was asked for.</summary>
    protected void TakeSocket()
    {
        LoadArgument(R7, 0);
        Code.Load(R1, R7, Types["sock.sk_protocol"]);
        Code.JumpIfNotEqual(R1, ProtocolTcp, Done);
        CheckNamespace();
    }

    protected void TakeTime()
    {
        Code.Call(BpfHelper.MonotonicTime);
        Code.Move(R9, R0);
    }

    /// <summary>R8 = what is remembered of the socket R7; 0 when nothing.</summary>
    protected void Recall()
    {
        Code.Store(R10, Key, 8, R7);
        Code.LoadMap(R1, plan.Sockets);
        PointAt(R2, Key);
        Code.Call(BpfHelper.MapLookup);
        Code.Move(R8, R0);
    }

    /// <summary>Puts what stands at <see cref="Value"/> into the table; what finds no room is counted.</summary>
    protected void Remember()
    {
        BpfLabel remembered = Code.NewLabel();
        Code.LoadMap(R1, plan.Sockets);
        PointAt(R2, Key);
        PointAt(R3, Value);
        Code.Move(R4, 0);
        Code.Call(BpfHelper.MapUpdate);
        Code.JumpIfEqual(R0, 0, remembered);
        CountNoRoom(NoRoomPlace.Sockets);
        Code.Mark(remembered);
    }

    /// <summary>R0 = this processor's memory.</summary>
    protected void TakeProcessorMemory() => TakeProcessorMemory(Done);

    /// <summary>The same; goes there when there is none, which never happens but has to be asked.</summary>
    protected void TakeProcessorMemory(BpfLabel none) => TakeOwn(plan.Processor, 0, none);

    /// <summary>R0 = this processor's value of a map.</summary>
    protected void TakeOwn(BpfMap map, int number) => TakeOwn(map, number, Done);

    private void TakeOwn(BpfMap map, int number, BpfLabel none)
    {
        Code.Store(R10, Number, 4, number);
        Code.LoadMap(R1, map);
        PointAt(R2, Number);
        Code.Call(BpfHelper.MapLookup);
        Code.JumpIfEqual(R0, 0, none);
    }

    /// <summary>Ends when the socket R7 is in a namespace that nobody asked for.</summary>
    protected void CheckNamespace()
    {
        if (plan.Namespaces.Count == 0)
        {
            return;
        }

        Code.Load(R1, R7, Types["sock_common.skc_net.net"]);
        Code.Load(R1, R1, Types["net.ns.inum"]);
        CheckNamespaceIn(R1);
    }

    protected void CheckNamespaceIn(BpfRegister inode)
    {
        if (plan.Namespaces.Count == 0)
        {
            return;
        }

        BpfLabel wanted = Code.NewLabel();
        foreach (uint one in plan.Namespaces)
        {
            Code.JumpIfEqual(inode, one, wanted);
        }

        Code.Jump(Done);
        Code.Mark(wanted);
    }

    protected void Clear(int start, int length)
    {
        for (int offset = 0; offset < length; offset += 8)
        {
            Code.Store(R10, start + offset, 8, 0);
        }
    }

    protected void Put(int place, int size, BpfRegister from) => Code.Store(R10, Record + place, size, from);

    protected void Put(int place, int size, int value) => Code.Store(R10, Record + place, size, value);

    /// <summary>Copies the beginning of the socket at <paramref name="socket"/>, of whatever kind, to where <see cref="LoadCommon"/> finds it.</summary>
    protected void CopyCommon(BpfRegister socket) => Copy(Common, CommonEnd(), socket, 0);

    /// <summary>Copies kernel memory to the stack; what cannot be read is zeros.</summary>
    protected void Copy(int to, int length, BpfRegister from, int offset)
    {
        PointAt(R1, to);
        Code.Move(R2, length);
        Code.Move(R3, from);
        Code.Add(R3, offset);
        Code.Call(BpfHelper.ProbeReadKernel);
    }

    /// <summary>to = a member of struct sock_common: of the socket R7, or from the copy.</summary>
    protected void LoadCommon(BpfRegister to, string member, bool isCopied)
    {
        BtfMember found = Types.Common(member);
        Code.Load(to, isCopied ? R10 : R7, (isCopied ? Common : 0) + found.Offset, found.Size);
    }

    /// <summary>Goes there when the request's filter cannot want the record.</summary>
    protected void CheckFilter(BpfLabel unwanted)
    {
        CheckFilterStates(unwanted);
        CheckFilterEnds(unwanted);
    }

    /// <summary>The same for a record that matters whatever state it is about.</summary>
    protected void CheckFilterEnds(BpfLabel unwanted) => new RecordFilter(Code).Check(FilterBytecode.Estimated(plan.Request.Filter), unwanted);

    /// <summary>Sends the record; what finds no room is counted.</summary>
    protected void Send(int length = TraceRecord.Length)
    {
        BpfLabel sent = Code.NewLabel();
        Code.LoadMap(R1, plan.Ring!);
        PointAt(R2, Record);
        Code.Move(R3, length);
        Code.Move(R4, RingNoWakeUp);
        Code.Call(BpfHelper.RingOutput);
        Code.JumpIfEqual(R0, 0, sent);
        CountNoRoom(NoRoomPlace.Records);
        Code.Mark(sent);
    }

    protected void PointAt(BpfRegister register, int offset)
    {
        Code.Move(register, R10);
        Code.Add(register, offset);
    }

    /// <summary>The state a record is about: the one entered, or the one it is in (TraceRecord.ToEntry); of a birth, SYN_RECEIVED too.</summary>
    private void CheckFilterStates(BpfLabel unwanted)
    {
        StateSet states = plan.Request.Filter.States;
        if (states == StateSet.All)
        {
            return;
        }

        BpfLabel isChange = Code.NewLabel(), wanted = Code.NewLabel();
        if (states.Contains(TcpState.SynReceived))
        {
            Code.Load(R1, R10, Record + RecordPlace.Marks, 2);
            Code.JumpIfAny(R1, (int)TraceMarks.Born, wanted);
        }

        Code.Load(R2, R10, Record + RecordPlace.To, 1);
        Code.JumpIfNotEqual(R2, 0, isChange);
        Code.Load(R2, R10, Record + RecordPlace.From, 1);
        Code.Mark(isChange);
        Code.Move(R1, states.Bits);
        Code.ShiftRight(R1, R2);
        Code.And(R1, 1);
        Code.JumpIfEqual(R1, 0, unwanted);
        Code.Mark(wanted);
    }

    protected void CountNoRoom(int place)
    {
        Code.LoadMapValue(R1, plan.NoRoom);
        Code.Move(R2, 1);
        Code.AtomicAdd(R1, place, R2);
    }

    /// <summary>The last octet of sock_common that is looked at.</summary>
    private int CommonEnd()
    {
        int end = 0;
        foreach (string name in (string[])["skc_dport", "skc_cookie", "skc_family", "skc_rcv_saddr", "skc_daddr", "skc_v6_rcv_saddr", "skc_v6_daddr", "skc_net", "skc_addrpair", "skc_hash", "skc_state", "skc_num", "skc_nulls_node"])
        {
            BtfMember member = Types.Common(name);
            end = Math.Max(end, member.Offset + member.Size);
        }

        return end <= CommonLength ? end : throw new MissingTypeException($"sock_common of at most {CommonLength} octets");
    }
}
