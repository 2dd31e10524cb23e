using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TcpLens.Linux.Interop;

/// <summary>perf_event_open(2), for which the C library has no function: the call by its number, and the words of linux/perf_event.h.</summary>
internal static unsafe partial class Libc
{
    public const uint PERF_TYPE_TRACEPOINT = 2;

    public const ulong PERF_SAMPLE_TID = 1 << 1;
    public const ulong PERF_SAMPLE_TIME = 1 << 2;
    public const ulong PERF_SAMPLE_RAW = 1 << 10;

    /// <summary>Reading an event tells how many of its samples found no room (Linux 6.0).</summary>
    public const ulong PERF_FORMAT_LOST = 1 << 4;

    public const ulong PERF_ATTR_DISABLED = 1 << 0;
    public const ulong PERF_ATTR_COMM = 1 << 9;
    public const ulong PERF_ATTR_TASK = 1 << 13;
    public const ulong PERF_ATTR_WATERMARK = 1 << 14;
    public const ulong PERF_ATTR_SAMPLE_ID_ALL = 1 << 18;
    public const ulong PERF_ATTR_USE_CLOCKID = 1 << 25;

    public const ulong PERF_FLAG_FD_CLOEXEC = 8;

    public const nuint PERF_EVENT_IOC_ENABLE = 0x2400;
    public const nuint PERF_EVENT_IOC_SET_OUTPUT = 0x2405;
    public const nuint PERF_EVENT_IOC_SET_FILTER = 0x40082406;

    /// <summary>Every process on one processor. -1 with errno ENOSYS on a kind of processor whose number for the call is not known here.</summary>
    public static int perf_event_open(in PerfEventAttr attributes, int processor)
    {
        int number = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 298,
            Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 241,
            _ => -1,
        };

        fixed (PerfEventAttr* start = &attributes)
        {
            return (int)syscall(number, (nint)start, -1, processor, -1, (nint)PERF_FLAG_FD_CLOEXEC);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(SafeFileHandle fd, nuint request, nint argument);

    /// <summary>struct perf_event_attr as Linux 4.1 has it (PERF_ATTR_SIZE_VER5), the first with a choice of clocks.</summary>
    [StructLayout(LayoutKind.Explicit, Size = Length)]
    public struct PerfEventAttr
    {
        public const int Length = 112;

        [FieldOffset(0)]
        public uint type;

        [FieldOffset(4)]
        public uint size;

        [FieldOffset(8)]
        public ulong config;

        [FieldOffset(16)]
        public ulong sample_period;

        [FieldOffset(24)]
        public ulong sample_type;

        [FieldOffset(32)]
        public ulong read_format;

        /// <summary>The bit fields: PERF_ATTR_….</summary>
        [FieldOffset(40)]
        public ulong flags;

        [FieldOffset(48)]
        public uint wakeup_watermark;

        [FieldOffset(92)]
        public int clockid;
    }
}
