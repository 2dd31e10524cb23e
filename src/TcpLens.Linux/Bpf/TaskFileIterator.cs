using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;

namespace TcpLens.Linux;

/// <summary>One descriptor of one process that refers to a TCP socket. A process is named as our own pid namespace names it.</summary>
/// <param name="Pid">Process (thread group).</param>
/// <param name="Descriptor">Number of the descriptor in that process.</param>
/// <param name="Inode">Inode of the socket, as sock_diag tells it.</param>
/// <param name="Namespace">Inode of the socket's network namespace, which need not be the process's; 0 when all were asked for.</param>
public readonly record struct SocketDescriptor(int Pid, int Descriptor, uint Inode, uint Namespace)
{
    /// <summary>
    /// True for a TCP socket whose connection has ended (reset, timed out, closed from both sides) though the descriptor is still there.
    /// The kernel then shuts both directions (net/ipv4/tcp.c, tcp_done), which it undoes only for a socket that may connect anew: one
    /// that never was connected, or was disconnected, has neither shut. False where states were not asked for.
    /// </summary>
    public bool IsEnded { get; init; }
}

/// <summary>
/// Every descriptor of every process that is a stream socket of IPv4 or IPv6 (TCP, MPTCP), by a BPF iterator over the files of all tasks
/// (kernel/bpf/task_iter.c): the kernel finds the sockets itself, and no link in /proc is made or read. It passes over threads that
/// share their leader's descriptors; those of a thread with a table of its own are told under its process.
/// <code>
/// using TaskFileIterator? files = TaskFileIterator.TryOpen(namespaceInode: 0, out string? whyNot);
/// while (files.Read(out SocketDescriptor descriptor)) { … }
/// </code>
/// </summary>
public sealed class TaskFileIterator : IDisposable
{
    private const int RecordLength = 16;
    private const int SocketStream = 1;              // SOCK_STREAM
    private const int FamilyV4 = 2;
    private const int FamilyV6 = 10;
    private const int ProtocolTcp = 6;               // IPPROTO_TCP; MPTCP has states of its own.
    private const int Ended = (int)TcpState.Closed | (ShutdownBoth << 8);
    private const int ShutdownBoth = 3;              // SHUTDOWN_MASK
    private const int MostPidNamespaceLevels = 31;   // MAX_PID_NS_LEVEL is 32.

    private readonly SafeFileHandle _iterator;
    private readonly uint _namespace;
    private readonly RecordBuffer _buffer = new(RecordLength);

    private TaskFileIterator(SafeFileHandle iterator, uint namespaceInode)
    {
        _iterator = iterator;
        _namespace = namespaceInode;
    }

    /// <summary>Loads the program; null, and a sentence why, when this kernel or this user cannot.</summary>
    /// <param name="namespaceInode">Only sockets of this network namespace; 0 for all.</param>
    /// <param name="whyNot">The reason when null is returned.</param>
    /// <param name="withStates">Whether to tell <see cref="SocketDescriptor.IsEnded"/>: a cache miss more for each socket.</param>
    public static TaskFileIterator? TryOpen(uint namespaceInode, out string? whyNot, bool withStates = false)
    {
        if (BpfSupport.TryReadTypes(out whyNot) is not { } btf)
        {
            return null;
        }

        bool isFirstPidNamespace = new ProcFs().IsFirstPidNamespace;
        if (btf.Function("bpf_iter_task_file") is not { } target || Program(btf, namespaceInode, withStates, isFirstPidNamespace) is not { } program)
        {
            whyNot = "this kernel has no BPF iterator over files, or its types are not as expected";
            return null;
        }

        try
        {
            SafeFileHandle iterator = BpfProgram.OpenIterator(program, target, "task_file");
            whyNot = null;
            return new TaskFileIterator(iterator, namespaceInode);
        }
        catch (SystemCallException refused)
        {
            whyNot = refused.Message;
            return null;
        }
    }

    /// <summary>Reads the next one; false at the end.</summary>
    /// <exception cref="SystemCallException">The kernel ended the walk with an error.</exception>
    public unsafe bool Read(out SocketDescriptor descriptor)
    {
        ReadOnlySpan<byte> record;
        while (!_buffer.TryTake(out record))
        {
            Span<byte> free = _buffer.Free;
            nint got;
            fixed (byte* start = free)
            {
                got = Libc.read(_iterator, start, (nuint)free.Length);
            }

            if (got > 0)
            {
                _buffer.Filled((int)got);
            }
            else if (got == 0)
            {
                descriptor = default;
                return false;
            }
            else if (Marshal.GetLastPInvokeError() is not (Libc.EINTR or Libc.EAGAIN) and var errno)
            {
                throw new SystemCallException("read the BPF iterator task_file", errno);
            }
        }

        descriptor = new SocketDescriptor(
            BinaryPrimitives.ReadInt32LittleEndian(record),
            BinaryPrimitives.ReadInt32LittleEndian(record[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(record[8..]),
            _namespace)
        {
            IsEnded = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]) == Ended,
        };
        return true;
    }

    public void Dispose() => _iterator.Dispose();

    /// <summary>
    /// The program, run once a descriptor: is it a stream socket (of that namespace)? Then write its record. The record is built on the
    /// program's stack, at R10-16. Null when a member it needs is missing from this kernel.
    /// </summary>
    private static ulong[]? Program(BtfFile btf, uint namespaceInode, bool withStates, bool isFirstPidNamespace)
    {
        // struct bpf_iter__task_file, the program's argument: three pointers and a number, each in eight octets.
        BtfMember meta = new(0, 8), task = new(8, 8), descriptor = new(16, 4), file = new(24, 8), sequence = new(0, 8);
        if (btf.Member("socket.type") is not { } type
            || btf.Member("socket.ops") is not { } operations
            || btf.Member("proto_ops.family") is not { } family
            || btf.Member("file.f_inode") is not { } inode
            || btf.Member("inode.i_ino") is not { } number)
        {
            return null;
        }

        BpfProgramBuilder program = new();
        BpfLabel isInternet = program.NewLabel(), done = program.NewLabel();
        program.Move(R6, R1);
        program.Load(R7, R6, task);
        program.JumpIfEqual(R7, 0, done);
        program.Load(R8, R6, file);
        program.JumpIfEqual(R8, 0, done);
        program.Move(R1, R8);
        program.Call(BpfHelper.SocketFromFile);
        program.JumpIfEqual(R0, 0, done);
        program.Move(R9, R0);
        program.Load(R2, R9, type);
        program.JumpIfNotEqual(R2, SocketStream, done);
        program.Load(R2, R9, operations);
        program.Load(R2, R2, family);
        program.JumpIfEqual(R2, FamilyV4, isInternet);
        program.JumpIfNotEqual(R2, FamilyV6, done);
        program.Mark(isInternet);
        if (!CheckNamespace(program, btf, namespaceInode, done) || !WriteState(program, btf, withStates))
        {
            return null;
        }

        program.Load(R2, R8, inode);
        program.Load(R2, R2, number);
        program.Store(R10, -8, 4, R2);
        program.Load(R2, R6, descriptor);
        program.Store(R10, -12, 4, R2);
        if (!(isFirstPidNamespace ? WriteProcess(program, btf) : WriteProcessAsSeenHere(program, btf)))
        {
            return null;
        }

        program.Load(R1, R6, meta);
        program.Load(R1, R1, sequence);
        program.Move(R2, R10);
        program.Add(R2, -RecordLength);
        program.Move(R3, RecordLength);
        program.Call(BpfHelper.SequenceWrite);
        program.Mark(done);
        program.Exit();
        return program.Build();
    }

    /// <summary>The sock is another cache miss a socket, and is looked at only where the namespace matters.</summary>
    private static bool CheckNamespace(BpfProgramBuilder program, BtfFile btf, uint wanted, BpfLabel done)
    {
        if (wanted == 0)
        {
            return true;
        }

        if (btf.Member("socket.sk") is not { } sk
            || btf.Member("sock.__sk_common.skc_net.net") is not { } net
            || btf.Member("net.ns.inum") is not { } inode)
        {
            return false;
        }

        program.Load(R2, R9, sk);
        program.Load(R2, R2, net);
        program.Load(R2, R2, inode);
        program.JumpIfNotEqual(R2, wanted, done);
        return true;
    }

    /// <summary>The state, and above it the directions that are shut; 0 where nobody asked, or for what is not plain TCP.</summary>
    private static bool WriteState(BpfProgramBuilder program, BtfFile btf, bool isWanted)
    {
        program.Move(R2, 0);
        program.Store(R10, -4, 4, R2);
        if (!isWanted)
        {
            return true;
        }

        if (btf.Member("socket.sk") is not { } sk
            || btf.Member("sock.sk_protocol") is not { } protocol
            || btf.Member("sock.__sk_common.skc_state") is not { } state
            || btf.Member("sock.sk_shutdown") is not { } shutdown)
        {
            return false;
        }

        BpfLabel other = program.NewLabel();
        program.Load(R1, R9, sk);
        program.Load(R2, R1, protocol);
        program.JumpIfNotEqual(R2, ProtocolTcp, other);
        program.Load(R2, R1, state);
        program.Load(R3, R1, shutdown);
        program.ShiftLeft(R3, 8);
        program.Add(R2, R3);
        program.Store(R10, -4, 4, R2);
        program.Mark(other);
        return true;
    }

    private static bool WriteProcess(BpfProgramBuilder program, BtfFile btf)
    {
        if (btf.Member("task_struct.tgid") is not { } process)
        {
            return false;
        }

        program.Load(R2, R7, process);
        program.Store(R10, -RecordLength, 4, R2);
        return true;
    }

    /// <summary>
    /// task->tgid is the first pid namespace's number. In any other, /proc shows struct pid's number at the level of that namespace,
    /// which is the level of the task that reads the iterator: ours.
    /// </summary>
    private static bool WriteProcessAsSeenHere(BpfProgramBuilder program, BtfFile btf)
    {
        if (btf.Member("task_struct.group_leader") is not { } leader
            || btf.Member("task_struct.thread_pid") is not { } pid
            || btf.Member("pid.level") is not { } level
            || btf.Member("pid.numbers.nr") is not { } firstNumber)
        {
            return false;
        }

        const int LogarithmOfUpidSize = 4;   // struct upid: an int and a pointer.
        program.Call(BpfHelper.CurrentTask);
        program.Load(R1, R0, pid);
        program.Load(R2, R1, level);
        program.And(R2, MostPidNamespaceLevels);
        program.ShiftLeft(R2, LogarithmOfUpidSize);
        program.Load(R3, R7, leader);
        program.Load(R3, R3, pid);
        program.Add(R3, firstNumber.Offset);
        program.Add(R3, R2);
        program.Move(R1, R10);
        program.Add(R1, -RecordLength);
        program.Move(R2, 4);
        program.Call(BpfHelper.ProbeReadKernel);
        return true;
    }
}
