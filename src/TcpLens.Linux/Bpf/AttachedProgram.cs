using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>A program at work on a tracepoint. Nothing of it stays in the kernel once its handles are closed, as the end of a process does.</summary>
internal sealed class AttachedProgram(SafeFileHandle program, SafeFileHandle link) : IDisposable
{
    private const int InfoLength = 216;
    private const int MissesAt = 208;   // struct bpf_prog_info, recursion_misses; 0 before Linux 5.12.

    /// <summary>
    /// How often the program was not run because the same processor was in the midst of it: an interrupt that came while it worked and
    /// passed the same tracepoint.
    /// </summary>
    public unsafe ulong Misses
    {
        get
        {
            byte* info = stackalloc byte[InfoLength];
            new Span<byte>(info, InfoLength).Clear();
            Libc.BpfAttr about = new() { bpf_fd = BpfProgram.Descriptor(program), info_len = InfoLength, info = (ulong)info };
            return Libc.bpf(Libc.BPF_OBJ_GET_INFO_BY_FD, &about, (uint)sizeof(Libc.BpfAttr)) == 0 ? *(ulong*)(info + MissesAt) : 0;
        }
    }

    public void Dispose()
    {
        link.Dispose();
        program.Dispose();
    }
}
