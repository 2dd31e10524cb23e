using System.Buffers.Text;
using System.Text;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>What is known of a process.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Name">Its comm; empty when it ended before anybody looked.</param>
/// <param name="IsKernel">A thread of the kernel itself.</param>
internal readonly record struct KnownTask(int Pid, TaskName Name, bool IsKernel);

/// <summary>
/// Names of processes, as they were at the time of an event: perf tells of new processes and of new names, /proc of those that were
/// there before. So a process that ended long before its event is read still has its name. One process in each of 16,384 places:
/// numbers are given in turn, so those of now seldom share one, and if they do, /proc is asked again.
/// </summary>
/// <param name="root">Where the proc file system is.</param>
internal sealed class TaskNames(string root = "/proc")
{
    private const int Places = 16 << 10;
    private const uint KernelThread = 0x00200000;   // PF_KTHREAD, linux/sched.h
    private const int FlagsField = 9;               // Of /proc/PID/stat, counted from 1 as in proc(5).

    private readonly byte[] _root = Encoding.UTF8.GetBytes(root + '/');
    private readonly KnownTask[] _tasks = new KnownTask[Places];

    /// <param name="pid">Not 0.</param>
    public ref readonly KnownTask this[int pid]
    {
        get
        {
            ref KnownTask task = ref _tasks[pid & (Places - 1)];
            if (task.Pid != pid)
            {
                task = Read(pid);
            }

            return ref task;
        }
    }

    /// <summary>A process has another name now, most often because it runs another program.</summary>
    public void Rename(int pid, ReadOnlySpan<byte> name, bool isExec)
    {
        int end = name.IndexOf((byte)0);
        ref KnownTask task = ref _tasks[pid & (Places - 1)];
        task = new KnownTask(pid, TaskName.From(end < 0 ? name : name[..end]), !isExec && task.Pid == pid && task.IsKernel);
    }

    /// <summary>A process began; it has its parent's name until it gets one of its own.</summary>
    public void Begin(int pid, int parent)
    {
        KnownTask origin = parent == 0 ? default : this[parent];
        _tasks[pid & (Places - 1)] = origin with { Pid = pid };
    }

    private KnownTask Read(int pid)
    {
        Span<byte> path = stackalloc byte[_root.Length + 24];
        _root.CopyTo(path);
        _ = Utf8Formatter.TryFormat(pid, path[_root.Length..], out int digits);
        "/stat\0"u8.CopyTo(path[(_root.Length + digits)..]);
        Span<byte> stat = stackalloc byte[512];
        int length = SmallFile.Read(path, stat);
        return Parse(pid, stat[..Math.Max(0, length)]);
    }

    /// <summary>"PID (comm) S ppid pgrp session tty tpgid flags …": the comm may contain brackets and blanks itself.</summary>
    private static KnownTask Parse(int pid, ReadOnlySpan<byte> stat)
    {
        int open = stat.IndexOf((byte)'(');
        int close = stat.LastIndexOf((byte)')');
        if (open < 0 || close < open)
        {
            return new KnownTask(pid, default, false);
        }

        ReadOnlySpan<byte> rest = stat[(close + 1)..];
        for (int field = 2; field < FlagsField && rest.IndexOf((byte)' ') is >= 0 and var blank; field++)
        {
            rest = rest[(blank + 1)..];
        }

        return new KnownTask(
            pid,
            TaskName.From(stat[(open + 1)..close]),
            Utf8Parser.TryParse(rest, out uint flags, out _) && (flags & KernelThread) != 0);
    }
}
