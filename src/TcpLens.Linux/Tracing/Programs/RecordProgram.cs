using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>A tracing program that tells of a socket: how each part of a <see cref="TraceRecord"/> is filled.</summary>
internal abstract class RecordProgram(TracePlan plan) : TraceProgram(plan)
{
    private const int FamilyV6 = 10;                // AF_INET6
    private const int MappedPrefix = -65536;        // 00 00 ff ff, as a little-endian number.
    private const int KernelThread = 0x0020_0000;   // PF_KTHREAD, linux/sched.h
    private const int Aborted = 103;                // ECONNABORTED: how SOCK_DESTROY ends a socket (net/ipv4/tcp.c, tcp_abort).

    protected void PutMember(int place, int size, BpfRegister from, BtfMember member)
    {
        Code.Load(R1, from, member);
        Put(place, size, R1);
    }

    /// <summary>Starts a record at the time R9.</summary>
    protected void BeginRecord(TraceKind kind)
    {
        Clear(Record, TraceRecord.Length);
        Put(RecordPlace.At, 8, R9);
        Put(RecordPlace.Kind, 1, (int)kind);
        Put(RecordPlace.Socket, 8, R7);
    }

    /// <summary>Addresses, remote port, family and cookie: of the socket R7, or from the copy.</summary>
    protected void PutCommon(bool isCopied)
    {
        BpfLabel isV6 = Code.NewLabel(), done = Code.NewLabel();
        LoadCommon(R1, "skc_dport", isCopied);
        Code.SwapNetworkOrder(R1, 16);
        Put(RecordPlace.RemotePort, 2, R1);
        LoadCommon(R1, "skc_cookie", isCopied);
        Put(RecordPlace.Cookie, 8, R1);
        LoadCommon(R1, "skc_family", isCopied);
        Code.JumpIfEqual(R1, FamilyV6, isV6);
        Put(RecordPlace.Family, 1, (int)IpFamily.V4);
        LoadCommon(R1, "skc_rcv_saddr", isCopied);
        PutV4(RecordPlace.LocalAddress, R1);
        LoadCommon(R1, "skc_daddr", isCopied);
        PutV4(RecordPlace.RemoteAddress, R1);
        Code.Jump(done);

        Code.Mark(isV6);
        Put(RecordPlace.Family, 1, (int)IpFamily.V6);
        PutV6(RecordPlace.LocalAddress, "skc_v6_rcv_saddr", isCopied);
        PutV6(RecordPlace.RemoteAddress, "skc_v6_daddr", isCopied);
        Code.Mark(done);
    }

    /// <summary>An IPv4 address in network order, as ::ffff:a.b.c.d.</summary>
    protected void PutV4(int place, BpfRegister address)
    {
        Put(place, 8, 0);
        Put(place + 8, 4, MappedPrefix);
        Put(place + 12, 4, address);
    }

    /// <summary>Everything a record tells of a tcp_sock R7 itself.</summary>
    protected void PutSocket()
    {
        BpfLabel isNumbered = Code.NewLabel();
        PutCommon(isCopied: false);
        Code.Load(R1, R10, Record + RecordPlace.Cookie, 8);
        Code.JumpIfNotEqual(R1, 0, isNumbered);
        Code.Move(R1, R7);
        Code.Call(BpfHelper.SocketCookie);   // Numbers the connection as nobody has yet, so that its TIME_WAIT inherits the number.
        Put(RecordPlace.Cookie, 8, R0);
        Code.Mark(isNumbered);
        Code.Load(R1, R7, Types.Sock("__sk_common.skc_net.net"));
        PutMember(RecordPlace.Namespace, 4, R1, Types["net.ns.inum"]);
        Code.Load(R1, R7, Types["tcp_sock.inet_conn.icsk_inet.inet_sport"]);
        Code.SwapNetworkOrder(R1, 16);
        Put(RecordPlace.LocalPort, 2, R1);
        Code.Load(R1, R7, Types.Sock("sk_socket"));
        Code.Load(R1, R1, Types["socket.file"]);
        Code.Load(R1, R1, Types["file.f_inode"]);
        PutMember(RecordPlace.Inode, 4, R1, Types["inode.i_ino"]);
        PutMember(RecordPlace.UserId, 4, R7, Types.Sock("sk_uid"));
        PutMember(RecordPlace.Errno, 2, R7, Types.Sock("sk_err"));
        PutMember(RecordPlace.Attempt, 1, R7, Types["tcp_sock.inet_conn.icsk_retransmits"]);
        Code.Load(R1, R7, Types["tcp_sock.srtt_us"]);
        Code.ShiftRight(R1, 3);
        Put(RecordPlace.Rtt, 4, R1);
        PutMarks();
    }

    /// <summary>Who uses the socket: the task at work if it has locked the socket, else whom the memory R8 names.</summary>
    protected void PutOwner()
    {
        BpfLabel isOther = Code.NewLabel(), isKernel = Code.NewLabel(), isUser = Code.NewLabel(), done = Code.NewLabel();
        Code.Load(R1, R7, Types.Sock("sk_lock.owned"));
        Code.JumpIfEqual(R1, 0, isOther);
        Code.Call(BpfHelper.CurrentTask);
        Code.Load(R1, R0, Types["task_struct.flags"]);
        Code.JumpIfAny(R1, KernelThread, isKernel);
        AddMark(TraceMarks.ByProcess);
        Code.Load(R1, R10, Record + RecordPlace.Errno, 2);
        Code.JumpIfNotEqual(R1, Aborted, isUser);
        AddMark(TraceMarks.Destroyed);
        PutProcess();
        Code.Jump(done);

        // To ask for the name costs more than to compare the pid with the one remembered.
        Code.Mark(isUser);
        BpfLabel isChanged = Code.NewLabel();
        Code.JumpIfEqual(R8, 0, isChanged);
        LoadPid(R1);
        Code.Load(R2, R8, TracedSocket.Pid, 4);
        Code.JumpIfEqual(R1, R2, isOther);
        Code.Mark(isChanged);
        PutProcess();
        Code.JumpIfEqual(R8, 0, done);
        MoveOwner(R8, TracedSocket.Pid, TracedSocket.Command, R10, Record + RecordPlace.Pid, Record + RecordPlace.Command);
        Code.Jump(done);
        Code.Mark(isKernel);
        AddMark(TraceMarks.ByKernel);
        Code.Mark(isOther);
        PutRememberedOwner(done);
        Code.Mark(done);
    }

    /// <summary>Whom the memory R8 names, if there is any.</summary>
    protected void PutRememberedOwner(BpfLabel done)
    {
        Code.JumpIfEqual(R8, 0, done);
        MoveOwner(R10, Record + RecordPlace.Pid, Record + RecordPlace.Command, R8, TracedSocket.Pid, TracedSocket.Command);
    }

    protected void MoveOwner(BpfRegister to, int toPid, int toCommand, BpfRegister from, int fromPid, int fromCommand)
    {
        Code.Load(R1, from, fromPid, 4);
        Code.Store(to, toPid, 4, R1);
        for (int offset = 0; offset < TaskName.Length; offset += 8)
        {
            Code.Load(R1, from, fromCommand + offset, 8);
            Code.Store(to, toCommand + offset, 8, R1);
        }
    }

    protected void AddMark(TraceMarks mark)
    {
        Code.Load(R1, R10, Record + RecordPlace.Marks, 2);
        Code.Or(R1, (int)mark);
        Put(RecordPlace.Marks, 2, R1);
    }

    private void PutMarks()
    {
        BpfLabel lingers = Code.NewLabel(), inFlight = Code.NewLabel(), done = Code.NewLabel();
        const int dead = 1 << 0, linger = 1 << 4;   // SOCK_DEAD and SOCK_LINGER of enum sock_flags, include/net/sock.h.
        LoadCommon(R2, "skc_flags", isCopied: false);
        Code.Move(R1, R2);
        Code.And(R1, dead);
        Code.ShiftLeft(R1, 4);                      // TraceMarks.Orphan
        Code.And(R2, linger);
        Code.JumpIfEqual(R2, 0, lingers);
        Code.Load(R2, R7, Types.Sock("sk_lingertime"));
        Code.JumpIfNotEqual(R2, 0, lingers);
        Code.Or(R1, (int)TraceMarks.LingersNot);
        Code.Mark(lingers);
        Code.Load(R2, R7, Types["tcp_sock.write_seq"]);
        Code.Load(R3, R7, Types["tcp_sock.snd_una"]);
        Code.JumpIfNotEqual(R2, R3, inFlight);
        Code.Or(R1, (int)TraceMarks.NothingInFlight);
        Code.Mark(inFlight);
        Code.Load(R2, R7, Types["tcp_sock.snd_wnd"]);
        Code.JumpIfNotEqual(R2, 0, done);
        Code.Or(R1, (int)TraceMarks.PeerWindowClosed);
        Code.Mark(done);
        Put(RecordPlace.Marks, 2, R1);
    }

    /// <summary>The process of the task R0.</summary>
    protected void PutProcess()
    {
        LoadPid(R1);
        Put(RecordPlace.Pid, 4, R1);
        PointAt(R1, Record + RecordPlace.Command);
        Code.Move(R2, TaskName.Length);
        Code.Call(BpfHelper.CurrentCommand);
    }

    /// <summary>
    /// to = the process (thread group) of the task R0, which is the one that runs, as /proc here names it; 0 for one of another pid
    /// namespace. Spoils R0.
    /// </summary>
    private void LoadPid(BpfRegister to)
    {
        if (Plan.PidNamespace is not { } here)
        {
            Code.Load(to, R0, Types["task_struct.tgid"]);
            return;
        }

        BpfLabel isForeign = Code.NewLabel(), done = Code.NewLabel();
        Code.LoadWide(R1, here.Device);
        Code.LoadWide(R2, here.Inode);
        PointAt(R3, Scratch);
        Code.Move(R4, 8);
        Code.Store(R10, Scratch, 8, 0);
        Code.Call(BpfHelper.CurrentProcessInNamespace);
        Code.JumpIfNotEqual(R0, 0, isForeign);
        Code.Load(to, R10, Scratch + 4, 4);   // struct bpf_pidns_info: pid, tgid.
        Code.Jump(done);
        Code.Mark(isForeign);
        Code.Move(to, 0);
        Code.Mark(done);
    }

    private void PutV6(int place, string member, bool isCopied)
    {
        int offset = Types.Common(member).Offset;
        if (!isCopied)
        {
            Copy(Record + place, 16, R7, offset);
            return;
        }

        for (int word = 0; word < 16; word += 4)
        {
            Code.Load(R1, R10, Common + offset + word, 4);
            Put(place + word, 4, R1);
        }
    }
}
