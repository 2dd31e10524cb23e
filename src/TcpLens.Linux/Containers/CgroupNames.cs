using System.Runtime.InteropServices;
using System.Text;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// Paths of cgroups by identifier, which sock_diag gives with every socket: no walk over /proc is needed to say in which unit or
/// container a connection lives. The identifier is the inode number of the folder in cgroup v2; the kernel opens the folder by it
/// (open_by_handle_at(2), needs cap_dac_read_search), or else the tree is walked, once. Not thread-safe.
/// </summary>
public sealed unsafe class CgroupNames : IDisposable
{
    /// <summary>Folders compared in a walk. Machines with more are rare, and for them there is the handle.</summary>
    public const int FoldersMax = 50_000;

    private readonly Dictionary<ulong, string?> _paths = [];
    private readonly string _mountPoint;
    private int _mount;
    private bool _walked;

    private CgroupNames(string mountPoint, int mount, bool mayOpenByHandle)
    {
        _mountPoint = mountPoint.TrimEnd('/');
        _mount = mount;
        UsesHandles = mayOpenByHandle;
    }

    /// <summary>False once the kernel refused to open by handle; the tree is walked then.</summary>
    public bool UsesHandles { get; private set; }

    /// <summary>Null when no cgroup v2 is mounted: sockets have an identifier then, and no place to look it up.</summary>
    /// <param name="proc">Where /proc is.</param>
    /// <param name="mayOpenByHandle">False to walk the tree even where handles work.</param>
    public static CgroupNames? Open(string proc = "/proc", bool mayOpenByHandle = true)
    {
        foreach (MountInfo mount in MountInfo.Parse(SmallFile.ReadAll(proc + "/self/mountinfo", limit: 16 << 20) ?? []))
        {
            if (mount.FileSystem == "cgroup2")
            {
                fixed (byte* path = SmallFile.Path(mount.MountPoint))
                {
                    int fd = Libc.open(path);
                    return fd < 0 ? null : new CgroupNames(mount.MountPoint, fd, mayOpenByHandle);
                }
            }
        }

        return null;
    }

    /// <summary>For example "/system.slice/nginx.service", "/" for the root; null when it is gone or outside of what is mounted.</summary>
    public string? PathOf(ulong id)
    {
        if (id == 0 || _mount < 0)
        {
            return null;
        }

        if (_paths.TryGetValue(id, out string? known))
        {
            return known;
        }

        string? path = UsesHandles ? ByHandle(id) : null;
        if (!UsesHandles)
        {
            Walk();
            return _paths.GetValueOrDefault(id);
        }

        if (_paths.Count < FoldersMax)
        {
            _paths.Add(id, path);
        }

        return path;
    }

    public void Dispose()
    {
        if (_mount >= 0)
        {
            _ = Libc.close(_mount);
            _mount = -1;
        }
    }

    private string? ByHandle(ulong id)
    {
        Libc.CgroupHandle handle = new() { handle_bytes = sizeof(ulong), handle_type = Libc.FILEID_KERNFS, f_handle = id };
        int fd = Libc.open_by_handle_at(_mount, &handle);
        if (fd < 0)
        {
            // ESTALE is a cgroup that was removed while its sockets live on; anything else means that handles do not work here.
            UsesHandles = Marshal.GetLastPInvokeError() == Libc.ESTALE;
            return null;
        }

        Span<byte> target = stackalloc byte[4096];
        int length = SmallFile.ReadLink(SmallFile.Path($"/proc/self/fd/{fd}"), target);
        _ = Libc.close(fd);
        return length > 0 ? Strip(Encoding.UTF8.GetString(target[..length])) : null;
    }

    private void Walk()
    {
        if (_walked)
        {
            return;
        }

        _walked = true;
        Stack<string> folders = new([_mountPoint]);
        while (folders.TryPop(out string? folder) && _paths.Count < FoldersMax)
        {
            _paths[SmallFile.Identity(SmallFile.Path(folder)).stx_ino] = Strip(folder);
            try
            {
                foreach (string inner in Directory.EnumerateDirectories(folder))
                {
                    folders.Push(inner);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Removed while we walk, or closed to us: its siblings are still worth a look.
            }
        }
    }

    private string? Strip(string path) => path == _mountPoint ? "/"
        : path.StartsWith(_mountPoint, StringComparison.Ordinal) && path[_mountPoint.Length] == '/' ? path[_mountPoint.Length..]
        : null;
}
