using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Observation;
using TcpLens.Protocol;
using static TcpLens.Linux.BpfRegister;

namespace TcpLens.Linux;

/// <summary>
/// The TCP sockets of this thread's network namespace, by a BPF iterator (net/ipv4/tcp_ipv4.c, bpf_iter_tcp): cheaper than a dump when
/// there are many, because only what grouping needs leaves the kernel: state, endpoints, user, inode. Queues, timers and cookies stay 0.
/// The kernel takes each socket's lock on the way, and waits for ever where a task sleeps with one; so another process does the reading,
/// and a silence longer than the deadline ends the walk with ETIMEDOUT: dump then instead.
/// </summary>
public sealed class TcpIterator : SocketWalk
{
    private const int RecordLength = 48;
    private const int LocalAddress = 16;
    private const int RemoteAddress = 32;
    private const int FamilyV6 = 10;
    private const int StateTimeWait = (int)TcpState.TimeWait;
    private const int StateNewSynReceived = 12;   // TCP_NEW_SYN_RECV: a request socket.

    private static readonly string[] Pumps = ["/bin/cat", "/usr/bin/cat"];

    private readonly HelperProcess _pump;
    private readonly TimeSpan _patience;
    private readonly StateSet _states;
    private readonly RecordBuffer _buffer = new(RecordLength, capacity: 256 << 10);

    private TcpIterator(HelperProcess pump, StateSet states, TimeSpan patience)
    {
        _pump = pump;
        _states = states;
        _patience = patience;
    }

    /// <summary>Loads the program and starts the walk; null, and a sentence why, when this kernel or this user cannot.</summary>
    /// <param name="states">Only sockets in these states.</param>
    /// <param name="withInodes">Whether inodes are wanted: a cache miss more for each socket.</param>
    /// <param name="patience">The longest silence of the kernel that is not taken for a locked socket.</param>
    /// <param name="whyNot">The reason when null is returned.</param>
    public static TcpIterator? TryOpen(StateSet states, bool withInodes, TimeSpan patience, out string? whyNot)
    {
        if (BpfSupport.TryReadTypes(out whyNot) is not { } btf)
        {
            return null;
        }

        if (btf.Function("bpf_iter_tcp") is not { } target || Program(btf, states, withInodes) is not { } program)
        {
            whyNot = "this kernel has no BPF iterator over TCP sockets, or its types are not as expected";
            return null;
        }

        if (Array.Find(Pumps, File.Exists) is not { } pump)
        {
            whyNot = "there is no cat, which would read the iterator for us";
            return null;
        }

        try
        {
            using SafeFileHandle iterator = BpfProgram.OpenIterator(program, target, "tcp");
            whyNot = null;
            return new TcpIterator(HelperProcess.Start(pump, [], iterator), states, patience);
        }
        catch (SystemCallException refused)
        {
            whyNot = refused.Message;
            return null;
        }
    }

    public override bool Read(out SocketEntry entry)
    {
        while (true)
        {
            ReadOnlySpan<byte> record;
            while (!_buffer.TryTake(out record))
            {
                int got = _pump.Read(_buffer.Free, _patience);
                if (got == 0)
                {
                    entry = default;
                    return false;
                }

                _buffer.Filled(got > 0 ? got : throw new SystemCallException(
                    "read the BPF iterator tcp", Interop.Libc.ETIMEDOUT, "a task may be sleeping with a socket's lock"));
            }

            entry = Decode(in MemoryMarshal.AsRef<Record>(record));
            if (_states.Contains(entry.State))
            {
                return true;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pump.Dispose();
        }

        base.Dispose(disposing);
    }

    private static SocketEntry Decode(in Record record)
    {
        SocketKind kind = record.KernelState switch
        {
            StateTimeWait => SocketKind.TimeWait,
            StateNewSynReceived => SocketKind.Request,
            _ => SocketKind.Full,
        };
        bool isV6 = record.Family == FamilyV6;
        return new SocketEntry
        {
            State = kind == SocketKind.Request ? TcpState.SynReceived : (TcpState)record.State,
            Kind = kind,
            Family = isV6 ? IpFamily.V6 : IpFamily.V4,
            Local = new Endpoint(Address(isV6, record.LocalHigh, record.LocalLow), record.LocalPort),
            Remote = new Endpoint(Address(isV6, record.RemoteHigh, record.RemoteLow), BinaryPrimitives.ReverseEndianness(record.RemotePort)),
            UserId = kind == SocketKind.Full ? record.User : 0,   // As a dump has it.
            Inode = record.Inode,
        };
    }

    private static HostAddress Address(bool isV6, ulong high, ulong low) => isV6
        ? new HostAddress(new UInt128(BinaryPrimitives.ReverseEndianness(high), BinaryPrimitives.ReverseEndianness(low)))
        : HostAddress.V4(BinaryPrimitives.ReverseEndianness((uint)high));

    /// <summary>
    /// The program, run once a socket, which is whole, a request or a time-wait. The record is built on the program's stack, below R10.
    /// </summary>
    private static ulong[]? Program(BtfFile btf, StateSet states, bool withInodes)
    {
        // struct bpf_iter__tcp, the program's argument: two pointers and a number, each in eight octets.
        BtfMember meta = new(0, 8), common = new(8, 8), user = new(16, 4), sequence = new(0, 8);
        if (btf.Member("sock_common.skc_state") is not { } state
            || btf.Member("sock_common.skc_family") is not { } family
            || btf.Member("sock_common.skc_num") is not { } localPort
            || btf.Member("sock_common.skc_dport") is not { } remotePort
            || btf.Member("tcp_timewait_sock.tw_sk.tw_substate") is not { } substate)
        {
            return null;
        }

        BpfProgramBuilder program = new();
        BpfLabel isNotTimeWait = program.NewLabel(), done = program.NewLabel();
        program.Move(R6, R1);
        program.Load(R7, R6, common);
        program.JumpIfEqual(R7, 0, done);
        program.Load(R8, R7, state);
        program.Move(R1, KernelMask(states));
        program.ShiftRight(R1, R8);
        program.And(R1, 1);
        program.JumpIfEqual(R1, 0, done);

        program.Move(R9, R8);
        program.JumpIfNotEqual(R8, StateTimeWait, isNotTimeWait);
        program.Move(R1, R7);
        program.Call(BpfHelper.ToTcpTimeWaitSock);
        program.JumpIfEqual(R0, 0, done);
        program.Load(R9, R0, substate);
        program.Mark(isNotTimeWait);
        Put(program, 0, 1, R9);
        Put(program, 1, 1, R8);

        program.Load(R9, R7, family);
        Put(program, 2, 2, R9);
        program.Load(R2, R7, localPort);
        Put(program, 4, 2, R2);
        program.Load(R2, R7, remotePort);
        Put(program, 6, 2, R2);
        program.Load(R2, R6, user);
        Put(program, 8, 4, R2);
        program.Move(R2, 0);
        Put(program, 12, 4, R2);
        if (!WriteAddresses(program, btf) || (withInodes && !WriteInode(program, btf)))
        {
            return null;
        }

        program.Load(R1, R6, meta);
        program.Load(R1, R1, sequence);
        PointAt(program, R2, 0);
        program.Move(R3, RecordLength);
        program.Call(BpfHelper.SequenceWrite);
        program.Mark(done);
        program.Exit();
        return program.Build();
    }

    /// <summary>The kernel's states that can turn out to be one of these: a FIN_WAIT_2 or SYN_RECEIVED may be no full socket.</summary>
    private static int KernelMask(StateSet states)
        => states.Bits
            | (states.Contains(TcpState.FinWait2) ? 1 << StateTimeWait : 0)
            | (states.Contains(TcpState.SynReceived) ? 1 << StateNewSynReceived : 0);

    /// <summary>IPv4 addresses are loaded, IPv6 ones copied; R9 holds the family.</summary>
    private static bool WriteAddresses(BpfProgramBuilder program, BtfFile btf)
    {
        if (btf.Member("sock_common.skc_rcv_saddr") is not { } local
            || btf.Member("sock_common.skc_daddr") is not { } remote
            || btf.Member("sock_common.skc_v6_rcv_saddr") is not { } local6
            || btf.Member("sock_common.skc_v6_daddr") is not { } remote6)
        {
            return false;
        }

        BpfLabel isV6 = program.NewLabel(), done = program.NewLabel();
        program.Move(R2, 0);
        for (int offset = LocalAddress; offset < RecordLength; offset += 8)
        {
            Put(program, offset, 8, R2);
        }

        program.JumpIfEqual(R9, FamilyV6, isV6);
        program.Load(R2, R7, local);
        Put(program, LocalAddress, 4, R2);
        program.Load(R2, R7, remote);
        Put(program, RemoteAddress, 4, R2);
        program.JumpIfNotEqual(R9, FamilyV6, done);
        program.Mark(isV6);
        Copy(program, LocalAddress, 16, R7, local6.Offset);
        Copy(program, RemoteAddress, 16, R7, remote6.Offset);
        program.Mark(done);
        return true;
    }

    /// <summary>A socket and its inode are one allocation (struct socket_alloc), so the inode's number stands at a fixed distance.</summary>
    private static bool WriteInode(BpfProgramBuilder program, BtfFile btf)
    {
        if (btf.Member("tcp_sock.inet_conn.icsk_inet.sk.sk_socket") is not { } socket
            || btf.Member("socket_alloc.vfs_inode") is not { } inode
            || btf.Member("inode.i_ino") is not { } number)
        {
            return false;
        }

        BpfLabel done = program.NewLabel();
        program.Move(R1, R7);
        program.Call(BpfHelper.ToTcpSock);
        program.JumpIfEqual(R0, 0, done);   // A request or a time-wait: no process holds it.
        program.Load(R8, R0, socket);
        program.JumpIfEqual(R8, 0, done);   // Not accepted, or let go.
        Copy(program, 12, 4, R8, inode.Offset + number.Offset);
        program.Mark(done);
        return true;
    }

    private static void Copy(BpfProgramBuilder program, int to, int length, BpfRegister from, int offset)
    {
        PointAt(program, R1, to);
        program.Move(R2, length);
        program.Move(R3, from);
        program.Add(R3, offset);
        program.Call(BpfHelper.ProbeReadKernel);
    }

    private static void Put(BpfProgramBuilder program, int offset, int size, BpfRegister value)
        => program.Store(R10, offset - RecordLength, size, value);

    private static void PointAt(BpfProgramBuilder program, BpfRegister register, int offset)
    {
        program.Move(register, R10);
        program.Add(register, offset - RecordLength);
    }

    /// <summary>What the program writes. A machine that runs it is little-endian; addresses and the remote port are in network order.</summary>
    [StructLayout(LayoutKind.Sequential, Size = RecordLength)]
    private readonly struct Record
    {
        public readonly byte State;
        public readonly byte KernelState;
        public readonly ushort Family;
        public readonly ushort LocalPort;
        public readonly ushort RemotePort;
        public readonly uint User;
        public readonly uint Inode;
        public readonly ulong LocalHigh;
        public readonly ulong LocalLow;
        public readonly ulong RemoteHigh;
        public readonly ulong RemoteLow;
    }
}
