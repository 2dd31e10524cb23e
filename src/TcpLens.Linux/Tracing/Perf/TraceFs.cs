using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// The file system that describes the kernel's tracepoints. Where nobody mounted it, it is mounted nowhere: only this object sees it, and
/// it goes with the descriptor, however the process ends.
/// </summary>
internal sealed class TraceFs : IDisposable
{
    private const string FileSystem = "tracefs";
    private const string HowToMount = "mount -t tracefs nodev /sys/kernel/tracing";
    private const int LongestFormat = 64 << 10;   // skb:kfree_skb of Linux 6.18, the longest read here, has 4 KiB.

    private readonly SafeFileHandle _root;

    private TraceFs(SafeFileHandle root, string place)
    {
        _root = root;
        Place = place;
    }

    /// <summary>Where it is mounted; empty when nowhere.</summary>
    public string Place { get; }

    /// <summary>Null, and a sentence what is missing and how to get it, when the descriptions cannot be read.</summary>
    /// <param name="whyNot">The reason when null is returned.</param>
    /// <param name="mounts">This process's mounts, as /proc tells them.</param>
    public static TraceFs? TryOpen(out string? whyNot, string mounts = "/proc/thread-self/mountinfo")
    {
        string? closed = null;
        foreach (MountInfo mount in MountInfo.Parse(SmallFile.ReadAll(mounts, limit: 16 << 20) ?? []).Where(mount => mount.FileSystem == FileSystem))
        {
            if (Open(mount.MountPoint, out int refusal) is { } root)
            {
                whyNot = null;
                return new TraceFs(root, mount.MountPoint);
            }

            closed ??= $"{mount.MountPoint} cannot be read ({Libc.NameOf(refusal)}): it is for root, for who has cap_dac_read_search, "
                + $"and for a group: mount -o remount,gid=GROUP,mode=750 {mount.MountPoint}";
        }

        SafeFileHandle? own = MountNowhere(out int errno);
        whyNot = own is null ? closed ?? WhyNotMounted(errno) : null;
        return own is null ? null : new TraceFs(own, "");
    }

    /// <summary>What describes a tracepoint; null when the kernel has none of that name, or will not tell.</summary>
    /// <param name="name">"sock/inet_sock_set_state".</param>
    public TracepointFormat? Format(string name)
    {
        using SafeFileHandle file = Libc.openat(_root, $"events/{name}/format", Libc.O_RDONLY | Libc.O_CLOEXEC);
        return file.IsInvalid ? null : TracepointFormat.Parse(SmallFile.ReadAll(file, LongestFormat));
    }

    public void Dispose() => _root.Dispose();

    /// <summary>Null when it may not be read, and when something else hides it.</summary>
    private static SafeFileHandle? Open(string place, out int errno)
    {
        SafeFileHandle root = Libc.open(place, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        using SafeFileHandle? events = root.IsInvalid ? null : Libc.openat(root, "events", Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        errno = Marshal.GetLastPInvokeError();
        if (events is { IsInvalid: false })
        {
            return root;
        }

        root.Dispose();
        return null;
    }

    private static SafeFileHandle? MountNowhere(out int errno)
    {
        const uint Attributes = Libc.MOUNT_ATTR_RDONLY | Libc.MOUNT_ATTR_NOSUID | Libc.MOUNT_ATTR_NODEV | Libc.MOUNT_ATTR_NOEXEC;
        using SafeFileHandle context = new(Libc.fsopen("tracefs\0"u8, Libc.FSOPEN_CLOEXEC), ownsHandle: true);
        int root = context.IsInvalid || Libc.fsconfig(context, Libc.FSCONFIG_CMD_CREATE) != 0
            ? -1
            : Libc.fsmount(context, Libc.FSMOUNT_CLOEXEC, Attributes);
        errno = Marshal.GetLastPInvokeError();
        return root < 0 ? null : new SafeFileHandle(root, ownsHandle: true);
    }

    private static string WhyNotMounted(int errno) => errno switch
    {
        Libc.ENODEV => "this kernel has no tracefs (CONFIG_FTRACE)",
        Libc.ENOSYS => $"tracefs is not mounted, and this kernel cannot mount it for one process (Linux 5.2 can); as root: {HowToMount}",
        Libc.EPERM when Privileges.Current.Has(Capabilities.SysAdmin) =>
            $"tracefs is not mounted, and a container or its seccomp profile forbids it; on the host: {HowToMount}",
        Libc.EPERM => $"tracefs is not mounted, and mounting it needs cap_sys_admin; as root: {HowToMount}",
        _ => $"tracefs is not mounted and could not be ({Libc.NameOf(errno)}); as root: {HowToMount}",
    };
}
