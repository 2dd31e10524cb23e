using System.Runtime.InteropServices;
using TcpLens.Observation;
using static TcpLens.Linux.BpfRegister;
using static TcpLens.Linux.TraceStack;

namespace TcpLens.Linux;

/// <summary>
/// On raw_syscalls:sys_exit(regs, ret): accept() and accept4() return a descriptor, from which the way leads to the socket. Connections
/// accepted through io_uring pass by no system call and are not seen.
/// </summary>
internal sealed class AcceptProgram(TracePlan plan) : RawEventProgram(plan)
{
    public const string Tracepoint = "sys_exit";

    protected override void Write()
    {
        (string register, int accept, int accept4) = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => ("pt_regs.orig_ax", 43, 288),
            Architecture.Arm64 => ("pt_regs.syscallno", 202, 242),
            var other => throw new MissingTypeException($"system call numbers known for {other}"),
        };
        BpfLabel isAccept = Code.NewLabel(), isUnknown = Code.NewLabel();
        LoadArgument(R1, 0);
        Code.Load(R1, R1, Types[register]);
        Code.JumpIfEqual(R1, accept, isAccept);
        Code.JumpIfNotEqual(R1, accept4, Done);
        Code.Mark(isAccept);
        LoadArgument(R9, 1);
        Code.JumpIfGreater(R9, int.MaxValue, Done);   // Negative: an error.
        TakeAcceptedSocket();
        TakeTime();
        Recall();
        BeginRecord(TraceKind.Accepted);
        CopyCommon(R7);
        PutCommon(isCopied: true);
        PutCopiedState();
        PutCopiedNamespace();
        PutCopiedLocalPort();
        Code.Load(R1, R10, Value, 4);
        Put(RecordPlace.Inode, 4, R1);
        AddMark(TraceMarks.ByProcess);
        Code.Call(BpfHelper.CurrentTask);
        PutProcess();
        Code.JumpIfEqual(R8, 0, isUnknown);
        Code.Load(R1, R8, TracedSocket.Established, 8);
        Put(RecordPlace.Since, 8, R1);
        MoveOwner(R8, TracedSocket.Pid, TracedSocket.Command, R10, Record + RecordPlace.Pid, Record + RecordPlace.Command);
        Code.Mark(isUnknown);
        CheckFilter(Done);
        Send();
    }

    /// <summary>R7 = the TCP socket behind the descriptor R9 of the task at work; its inode's number goes to <see cref="Value"/>.</summary>
    private void TakeAcceptedSocket()
    {
        Code.Call(BpfHelper.CurrentTask);
        Code.Load(R1, R0, Types["task_struct.files"]);
        Code.Load(R1, R1, Types["files_struct.fdt"]);
        Code.Load(R3, R1, Types["fdtable.fd"]);
        Code.ShiftLeft(R9, 3);
        Code.Add(R3, R9);
        Follow(0);                                        // The file.
        Code.Store(R10, Value + 8, 8, R3);
        Follow(Types["file.private_data"].Offset);        // The socket, for a socket's file.
        Follow(Types["socket.sk"].Offset);
        Code.JumpIfEqual(R3, 0, Done);
        Code.Move(R7, R3);
        Copy(Scratch, 2, R7, Types["sock.sk_protocol"].Offset);
        Code.Load(R1, R10, Scratch, 2);
        Code.JumpIfNotEqual(R1, ProtocolTcp, Done);
        Code.Load(R3, R10, Value + 8, 8);
        Follow(Types["file.f_inode"].Offset);
        Copy(Value, 8, R3, Types["inode.i_ino"].Offset);
    }

    /// <summary>R3 = the pointer that stands at R3 + offset; ends where there is none.</summary>
    private void Follow(int offset)
    {
        Code.JumpIfEqual(R3, 0, Done);
        Copy(Scratch, 8, R3, offset);
        Code.Load(R3, R10, Scratch, 8);
    }
}
