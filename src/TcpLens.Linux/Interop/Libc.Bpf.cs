using System.Runtime.InteropServices;

namespace TcpLens.Linux.Interop;

/// <summary>bpf(2), for which the C library has no function: the call by its number, and the words of linux/bpf.h.</summary>
internal static partial class Libc
{
    public const int BPF_MAP_CREATE = 0;
    public const int BPF_MAP_LOOKUP_ELEM = 1;
    public const int BPF_PROG_LOAD = 5;
    public const int BPF_OBJ_GET_INFO_BY_FD = 15;
    public const int BPF_MAP_LOOKUP_BATCH = 24;
    public const int BPF_MAP_DELETE_BATCH = 27;
    public const int BPF_RAW_TRACEPOINT_OPEN = 17;
    public const int BPF_LINK_CREATE = 28;
    public const int BPF_ITER_CREATE = 33;

    public const uint BPF_PROG_TYPE_TRACING = 26;
    public const uint BPF_TRACE_RAW_TP = 23;
    public const uint BPF_TRACE_ITER = 28;

    public const uint BPF_MAP_TYPE_HASH = 1;
    public const uint BPF_MAP_TYPE_ARRAY = 2;
    public const uint BPF_MAP_TYPE_PERCPU_ARRAY = 6;
    public const uint BPF_MAP_TYPE_RINGBUF = 27;

    public const uint BPF_F_NO_PREALLOC = 1;

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

    /// <summary>union bpf_attr, as the commands above read it.</summary>
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

        /// <summary>BPF_MAP_CREATE.</summary>
        [FieldOffset(0)]
        public uint map_type;

        [FieldOffset(4)]
        public uint key_size;

        [FieldOffset(8)]
        public uint value_size;

        [FieldOffset(12)]
        public uint max_entries;

        [FieldOffset(16)]
        public uint map_flags;

        /// <summary>BPF_MAP_LOOKUP_ELEM.</summary>
        [FieldOffset(0)]
        public uint map_fd;

        [FieldOffset(8)]
        public ulong key;

        [FieldOffset(16)]
        public ulong value;

        /// <summary>BPF_MAP_LOOKUP_BATCH: where to go on, null to begin; for a table four octets.</summary>
        [FieldOffset(0)]
        public ulong in_batch;

        /// <summary>BPF_MAP_LOOKUP_BATCH: gets where the next one goes on.</summary>
        [FieldOffset(8)]
        public ulong out_batch;

        /// <summary>BPF_MAP_LOOKUP_BATCH, BPF_MAP_DELETE_BATCH.</summary>
        [FieldOffset(16)]
        public ulong batch_keys;

        [FieldOffset(24)]
        public ulong batch_values;

        /// <summary>Room for so many entries; gets how many came, or went.</summary>
        [FieldOffset(32)]
        public uint batch_count;

        [FieldOffset(36)]
        public uint batch_map_fd;

        /// <summary>BPF_RAW_TRACEPOINT_OPEN: no name for a program that was loaded for its tracepoint.</summary>
        [FieldOffset(0)]
        public ulong raw_tracepoint_name;

        [FieldOffset(8)]
        public uint raw_tracepoint_prog_fd;

        /// <summary>BPF_OBJ_GET_INFO_BY_FD.</summary>
        [FieldOffset(0)]
        public uint bpf_fd;

        [FieldOffset(4)]
        public uint info_len;

        [FieldOffset(8)]
        public ulong info;

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
