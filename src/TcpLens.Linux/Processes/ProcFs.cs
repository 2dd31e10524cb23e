using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>How reading a process went. Ending meanwhile is what processes do, and no error.</summary>
public enum ProcessReading
{
    Done,
    Gone,
    Forbidden,
}

/// <summary>
/// What the proc file system tells of processes (proc(5)). Every answer can be "not any more": a process may end between two questions.
/// </summary>
/// <param name="root">Where it is mounted; a folder of the same shape will do.</param>
public sealed class ProcFs(string root = "/proc")
{
    private const uint FirstPidNamespace = 0xEFFFFFFC;   // PROC_PID_INIT_INO, the same on every machine.
    private const ulong KernelThread = 0x00200000;       // PF_KTHREAD
    private const int BufferLength = 32 << 10;
    private const int LongestLink = 64;

    public string Root => root;

    /// <summary>Inode of the network namespace this thread is in, which setns(2) may have made another than the process's.</summary>
    public uint NamespaceOfThisThread
        => Libc.statx(Libc.AT_FDCWD, $"{root}/thread-self/ns/net", 0, Libc.STATX_BASIC_STATS, out Libc.Statx status) == 0 ? (uint)status.stx_ino : 0;

    /// <summary>True when our processes' numbers are those of the machine, not of a container.</summary>
    public bool IsFirstPidNamespace
        => Libc.statx(Libc.AT_FDCWD, $"{root}/self/ns/pid", 0, Libc.STATX_BASIC_STATS, out Libc.Statx status) == 0
            && status.stx_ino == FirstPidNamespace;

    /// <summary>The pid namespace of our processes' numbers, as BPF helpers want it named (device and inode); null when it is the machine's own.</summary>
    internal (ulong Device, ulong Inode)? PidNamespace
        => Libc.statx(Libc.AT_FDCWD, $"{root}/self/ns/pid", 0, Libc.STATX_BASIC_STATS, out Libc.Statx status) == 0
            && status.stx_ino != FirstPidNamespace
            ? (((ulong)status.stx_dev_major << 20) | status.stx_dev_minor, status.stx_ino)
            : null;

    /// <summary>The processes there are, by number, ascending.</summary>
    /// <exception cref="SystemCallException">There is no proc file system there.</exception>
    public List<int> Processes()
    {
        using SafeFileHandle folder = OpenFolder(root);
        if (folder.IsInvalid)
        {
            throw new SystemCallException("read " + root, Marshal.GetLastPInvokeError(), "is the proc file system mounted there?");
        }

        List<int> processes = [];
        bool isSorted = true;
        NumberedEntries entries = new(folder, stackalloc byte[BufferLength]);
        while (entries.MoveNext())
        {
            isSorted &= processes.Count == 0 || processes[^1] < entries.Current;
            processes.Add(entries.Current);
        }

        if (!isSorted)
        {
            processes.Sort();   // The kernel tells them in order; a folder elsewhere need not.
        }

        return processes;
    }

    /// <summary>Open descriptors, from the size of its fd folder (Linux 6.2; 0 on older ones); null when it may not be seen.</summary>
    public long? DescriptorCount(int pid)
        => Libc.statx(Libc.AT_FDCWD, $"{root}/{pid}/fd", 0, Libc.STATX_BASIC_STATS, out Libc.Statx status) == 0 ? (long)status.stx_size : null;

    /// <summary>Open descriptors, one by one where the folder's size does not say; null when they may not be seen.</summary>
    public long? CountDescriptors(int pid)
    {
        if (DescriptorCount(pid) is not 0 and var count)
        {
            return count;
        }

        using SafeFileHandle folder = OpenFolder($"{root}/{pid}/fd");
        if (folder.IsInvalid)
        {
            return null;
        }

        NumberedEntries entries = new(folder, stackalloc byte[BufferLength]);
        for (count = 0; entries.MoveNext(); count++)
        {
        }

        return count;
    }

    /// <summary>
    /// Whether a descriptor is, now, that socket and of TCP: /proc tells the inode, and the sockets' own file system the protocol
    /// (net/socket.c, system.sockprotoname).
    /// </summary>
    internal unsafe bool IsTcpSocket(int pid, int descriptor, uint inode)
    {
        byte[] path = SmallFile.Path($"{root}/{pid}/fd/{descriptor}");
        Span<byte> protocol = stackalloc byte[32];   // struct proto's name has 32.
        nint length;
        fixed (byte* file = path)
        fixed (byte* attribute = "system.sockprotoname\0"u8)
        fixed (byte* name = protocol)
        {
            length = Libc.getxattr(file, attribute, name, (nuint)protocol.Length);
        }

        return length > 0 && protocol[..(int)length].TrimEnd((byte)0) is var text
            && (text.SequenceEqual("TCP"u8) || text.SequenceEqual("TCPv6"u8))
            && SmallFile.Identity(path).stx_ino == inode;
    }

    /// <summary>Inode of its network namespace; 0 when it may not be seen.</summary>
    public uint NamespaceOf(int pid)
        => Libc.statx(Libc.AT_FDCWD, $"{root}/{pid}/ns/net", 0, Libc.STATX_BASIC_STATS, out Libc.Statx status) == 0 ? (uint)status.stx_ino : 0;

    /// <summary>Its comm, just as the process chose it, control characters and all; null when it has ended.</summary>
    public string? CommandOf(int pid)
    {
        Span<byte> buffer = stackalloc byte[64];
        return SmallFile.Read($"{root}/{pid}/comm", buffer) is > 0 and var length
            ? Encoding.UTF8.GetString(buffer[length - 1] == '\n' ? buffer[..(length - 1)] : buffer[..length])
            : null;
    }

    /// <summary>Its cgroup: the path of the unified hierarchy, or the longest of the older ones; null when unreadable.</summary>
    public string? CgroupOf(int pid)
    {
        Span<byte> buffer = stackalloc byte[8192];
        int length = SmallFile.Read($"{root}/{pid}/cgroup", buffer);
        return length < 0 ? null : CgroupPath(buffer[..length]);
    }

    /// <summary>Real user; null when it has ended.</summary>
    public uint? UserOf(int pid)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = SmallFile.Read($"{root}/{pid}/status", buffer);
        int at = length < 0 ? -1 : buffer[..length].IndexOf("\nUid:\t"u8);
        return at >= 0 && Utf8Parser.TryParse(buffer[(at + 6)..length], out uint user, out _) ? user : null;
    }

    /// <summary>The process that started it, or took it over; 0 for the first one and for one that has ended.</summary>
    public int ParentOf(int pid) => (int)(StatField(pid, 4) ?? 0);

    /// <summary>When it began, in clock ticks since boot: with the number, it tells a process from a later one of the same number.</summary>
    public ulong? StartTimeOf(int pid) => StatField(pid, 22);

    /// <summary>All that is shown of a process. One that has ended keeps its number and has an empty command.</summary>
    public ProcessRef Describe(int pid)
        => new(pid, CommandOf(pid) ?? "") { Cgroup = CgroupOf(pid), Namespace = NamespaceOf(pid) };

    /// <summary>Notes every socket among the descriptors of a process, of whatever kind: the link does not say which.</summary>
    internal unsafe ProcessReading ReadSockets(int pid, OwnerIndex index)
    {
        using SafeFileHandle folder = OpenFolder($"{root}/{pid}/fd");
        if (folder.IsInvalid)
        {
            return Marshal.GetLastPInvokeError() is Libc.EACCES or Libc.EPERM && !IsKernelThread(pid)
                ? ProcessReading.Forbidden
                : ProcessReading.Gone;
        }

        byte* link = stackalloc byte[LongestLink];
        NumberedEntries entries = new(folder, stackalloc byte[BufferLength]);
        while (entries.MoveNext())
        {
            nint length;
            fixed (byte* name = entries.Name)
            {
                length = Libc.readlinkat(folder, name, link, LongestLink);
            }

            if (length < 0 && Marshal.GetLastPInvokeError() is Libc.EACCES or Libc.EPERM)
            {
                return ProcessReading.Forbidden;
            }

            if (SocketInode(new ReadOnlySpan<byte>(link, (int)Math.Max(0, length))) is { } inode)
            {
                index.Add(inode, pid, entries.Current);
            }
        }

        return ProcessReading.Done;
    }

    /// <summary>"socket:[123]" is the link of a descriptor that is a socket; null for any other.</summary>
    internal static uint? SocketInode(ReadOnlySpan<byte> link)
        => link.StartsWith("socket:["u8) && Utf8Parser.TryParse(link["socket:[".Length..], out uint inode, out int digits)
            && link["socket:[".Length..][digits..].SequenceEqual("]"u8) ? inode : null;

    /// <summary>Lines are "hierarchy:controllers:path"; the unified hierarchy is number 0 and has no controllers (cgroups(7)).</summary>
    internal static string? CgroupPath(ReadOnlySpan<byte> lines)
    {
        ReadOnlySpan<byte> longest = default;
        while (!lines.IsEmpty)
        {
            int end = lines.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (line.StartsWith("0::"u8) && line.Length > "0::/".Length)
            {
                return Encoding.UTF8.GetString(line["0::".Length..]);
            }

            int colon = line.IndexOf((byte)':');
            int path = colon < 0 ? -1 : line[(colon + 1)..].IndexOf((byte)':');
            if (path >= 0 && line[(colon + path + 2)..] is var candidate && candidate.Length > longest.Length)
            {
                longest = candidate;
            }
        }

        return longest.IsEmpty ? null : Encoding.UTF8.GetString(longest);
    }

    /// <summary>They hold no descriptors, and no privilege opens what is not there.</summary>
    private bool IsKernelThread(int pid) => StatField(pid, 9) is { } flags && (flags & KernelThread) != 0;

    /// <summary>A number of /proc/PID/stat, counted from 1 as in proc(5). The command stands in brackets and may contain some itself.</summary>
    private ulong? StatField(int pid, int field)
    {
        Span<byte> buffer = stackalloc byte[1024];
        int length = SmallFile.Read($"{root}/{pid}/stat", buffer);
        int bracket = length < 0 ? -1 : buffer[..length].LastIndexOf((byte)')');
        if (bracket < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = buffer[(bracket + 1)..length];
        for (int i = 2; i < field; i++)
        {
            int blank = rest.IndexOf((byte)' ');
            if (blank < 0)
            {
                return null;
            }

            rest = rest[(blank + 1)..];
        }

        return Utf8Parser.TryParse(rest, out ulong value, out _) ? value : null;
    }

    private static SafeFileHandle OpenFolder(string path) => Libc.open(path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
}
