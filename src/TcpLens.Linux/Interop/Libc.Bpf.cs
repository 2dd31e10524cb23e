using System.Runtime.InteropServices;

namespace TcpLens.Linux.Interop;

/// <summary>bpf(2), for which the C library has no function: the call by its number, and the words of linux/bpf.h.</summary>
internal static partial class Libc
{
    public const int BPF_PROG_LOAD = 5;
    public const int BPF_LINK_CREATE = 28;
    public const int BPF_ITER_CREATE = 33;

    public const uint BPF_PROG_TYPE_TRACING = 26;
    public const uint BPF_TRACE_ITER = 28;

    /// <summary>bpf(2); -1 with errno ENOSYS on a processor whose number for it is not known here.</summary>
    public static unsafe int bpf(int command, BpfAttr* attributes, uint size)
    {
        int number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 321,
            Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 280,
            _ => -1,
        };

        return (int)syscall(number, command, attributes, size);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint syscall(nint number, nint command, void* attributes, nuint size);

    /// <summary>union bpf_attr, as the three commands above read it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    public struct BpfAttr
    {
        [FieldOffset(0)]
        public uint prog_type;

        [FieldOffset(4)]
        public uint insn_cnt;

        [FieldOffset(8)]
        public ulong insns;

        [FieldOffset(16)]
        public ulong license;

        [FieldOffset(24)]
        public uint log_level;

        [FieldOffset(28)]
        public uint log_size;

        [FieldOffset(32)]
        public ulong log_buf;

        [FieldOffset(48)]
        public ulong prog_name;

        [FieldOffset(68)]
        public uint expected_attach_type;

        [FieldOffset(108)]
        public uint attach_btf_id;

        /// <summary>BPF_LINK_CREATE: the program.</summary>
        [FieldOffset(0)]
        public uint prog_fd;

        /// <summary>BPF_LINK_CREATE: what it is attached as.</summary>
        [FieldOffset(8)]
        public uint attach_type;

        /// <summary>BPF_ITER_CREATE: the link whose iterator is opened.</summary>
        [FieldOffset(0)]
        public uint link_fd;
    }
}
