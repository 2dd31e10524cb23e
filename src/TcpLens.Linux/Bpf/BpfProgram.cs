using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// Brings a program into the kernel: as an iterator, a file that, when read, runs the program over every item; or at a tracepoint,
/// where it runs whenever the kernel comes by.
/// </summary>
internal static class BpfProgram
{
    private const int Attempts = 10;

    // Two of the kernel functions used (bpf_seq_write, bpf_probe_read_kernel) are only for programs that say they are GPL-compatible.
    private static ReadOnlySpan<byte> License => "Dual MIT/GPL\0"u8;

    /// <param name="instructions">The program (<see cref="BpfProgramBuilder.Build"/>).</param>
    /// <param name="target">BTF id of the kernel's bpf_iter_… function (<see cref="BtfFile.Function"/>).</param>
    /// <param name="what">The iterator's name, for the error text.</param>
    /// <exception cref="SystemCallException">The kernel refused; the text ends with the verifier's last words if it had any.</exception>
    public static unsafe SafeFileHandle OpenIterator(ReadOnlySpan<ulong> instructions, uint target, string what)
    {
        using SafeFileHandle program = Load(instructions, target, Libc.BPF_TRACE_ITER, what);
        Libc.BpfAttr link = new() { prog_fd = Descriptor(program), attach_type = Libc.BPF_TRACE_ITER };
        using SafeFileHandle attached = Handle(Libc.bpf(Libc.BPF_LINK_CREATE, &link, (uint)sizeof(Libc.BpfAttr)), "attach the BPF iterator " + what);
        Libc.BpfAttr iterator = new() { link_fd = Descriptor(attached) };
        return Handle(Libc.bpf(Libc.BPF_ITER_CREATE, &iterator, (uint)sizeof(Libc.BpfAttr)), "open the BPF iterator " + what);
    }

    /// <summary>Loads a program for a tracepoint and starts it; it runs until the two handles are closed, by us or by our end.</summary>
    /// <param name="instructions">The program; its argument are the tracepoint's, eight octets each.</param>
    /// <param name="target">BTF id of the tracepoint (<see cref="BtfFile.Tracepoint"/>).</param>
    /// <param name="what">The tracepoint's name, for the error text.</param>
    /// <exception cref="SystemCallException">The kernel refused; the text ends with the verifier's last words if it had any.</exception>
    public static unsafe AttachedProgram Attach(ReadOnlySpan<ulong> instructions, uint target, string what)
    {
        SafeFileHandle program = Load(instructions, target, Libc.BPF_TRACE_RAW_TP, what);
        try
        {
            Libc.BpfAttr open = new() { raw_tracepoint_prog_fd = Descriptor(program) };
            return new AttachedProgram(program, Handle(Libc.bpf(Libc.BPF_RAW_TRACEPOINT_OPEN, &open, (uint)sizeof(Libc.BpfAttr)), "attach to the tracepoint " + what));
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    private static unsafe SafeFileHandle Load(ReadOnlySpan<ulong> instructions, uint target, uint attachType, string what)
    {
        fixed (ulong* code = instructions)
        fixed (byte* license = License)
        {
            Libc.BpfAttr load = new()
            {
                prog_type = Libc.BPF_PROG_TYPE_TRACING,
                expected_attach_type = attachType,
                attach_btf_id = target,
                insns = (ulong)code,
                insn_cnt = (uint)instructions.Length,
                license = (ulong)license,
            };

            int fd;
            int attempt = 0;
            do
            {
                // A signal that arrives while the verifier works makes it give up with EAGAIN.
                fd = Libc.bpf(Libc.BPF_PROG_LOAD, &load, (uint)sizeof(Libc.BpfAttr));
            }
            while (fd < 0 && Marshal.GetLastPInvokeError() == Libc.EAGAIN && ++attempt < Attempts);

            return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw Refused(load, Marshal.GetLastPInvokeError(), what);
        }
    }

    /// <summary>Writing the verifier's log costs more than the loading, so it is asked for only when the first attempt failed.</summary>
    private static unsafe SystemCallException Refused(Libc.BpfAttr load, int errno, string what)
    {
        if (errno == Libc.EPERM)
        {
            return new SystemCallException("load the BPF program for " + what, errno, "the kernel's lockdown, a container or its seccomp profile forbids it");
        }

        byte[] log = new byte[256 << 10];
        fixed (byte* text = log)
        {
            load.log_level = 1;
            load.log_size = (uint)log.Length;
            load.log_buf = (ulong)text;
            _ = Handle(Libc.bpf(Libc.BPF_PROG_LOAD, &load, (uint)sizeof(Libc.BpfAttr)));
        }

        return new SystemCallException("load the BPF program for " + what, errno, LastWords(log));

        static SafeFileHandle? Handle(int fd) => fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : null;
    }

    /// <summary>The verifier ends with statistics; what it disliked stands in the line before.</summary>
    internal static string LastWords(ReadOnlySpan<byte> log)
    {
        int end = log.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(end < 0 ? log : log[..end]);
        string last = "";
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (line.Length > 0 && !line.StartsWith("processed ") && !line.StartsWith("verification time"))
            {
                last = line.ToString();
            }
        }

        return last.Length == 0 ? "this kernel may be too old for it (5.11 is needed)" : "the verifier said: " + last;
    }

    internal static SafeFileHandle Handle(int fd, string tried)
        => fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new SystemCallException(tried, Marshal.GetLastPInvokeError());

    internal static uint Descriptor(SafeFileHandle handle) => (uint)(int)handle.DangerousGetHandle();
}
