using System.Globalization;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// How much socket memory the cgroups of some processes may take and take: of each the nearest cgroup, itself or above it, that has a
/// limit. In v2 that is memory.max, which sockets share with everything else; in v1 sockets are only charged under a limit of their own,
/// memory.kmem.tcp.limit_in_bytes (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst).
/// </summary>
internal sealed class CgroupMemoryReader
{
    /// <summary>Cgroups looked at; a machine of more containers has its story told by the first.</summary>
    public const int Most = 1024;

    private const int FileMax = 64 << 10;
    private const long Unlimited = 1L << 62;   // v1 prints the most its counter can hold, which depends on the size of a page.

    private readonly string _proc;
    private readonly ContainerNames _containers;
    private readonly MountInfo? _unified;
    private readonly MountInfo? _memory;

    public CgroupMemoryReader(string proc, ContainerNames containers)
    {
        _proc = proc;
        _containers = containers;
        foreach (MountInfo mount in MountInfo.Parse(SmallFile.ReadAll(proc + "/self/mountinfo", limit: 16 << 20) ?? []))
        {
            _unified ??= mount.FileSystem == "cgroup2" ? mount : null;
            _memory ??= mount.FileSystem == "cgroup" && mount.Options.Split(',').Contains("memory") ? mount : null;
        }
    }

    /// <summary>One entry for each cgroup with a limit, however many of the processes are under it.</summary>
    public IReadOnlyList<CgroupMemory> Read(IEnumerable<int> processes)
    {
        HashSet<string> seen = [];
        Dictionary<string, CgroupMemory> found = [];
        foreach (int pid in processes)
        {
            string? text = SmallFile.ReadText($"{_proc}/{pid}/cgroup");
            string? path = text is null ? null : CgroupText.PathIn(text, _memory is null ? "" : "memory");
            if (path is not null && seen.Count < Most && seen.Add(path) && Nearest(path) is { } limited)
            {
                found.TryAdd(limited.Path, limited);
            }
        }

        return [.. found.Values];
    }

    private CgroupMemory? Nearest(string path)
    {
        for (; path.Length > 0 && (_memory ?? _unified) is { } mount && FolderOf(path, mount) is { } folder; path = Above(path))
        {
            if ((_memory is null ? Unified(path, folder) : First(path, folder)) is { } limited)
            {
                return limited with { Container = ContainerName.FromCgroupPath(path) is { } container ? _containers.NameOf(container) : null };
            }
        }

        return null;
    }

    /// <summary>"max" is no number, and no limit.</summary>
    private static CgroupMemory? Unified(string path, string folder)
        => Number($"{folder}/memory.max") is { } limit ? new CgroupMemory(path, limit, SocketBytes(folder)) : null;

    private static CgroupMemory? First(string path, string folder)
        => Number($"{folder}/memory.kmem.tcp.limit_in_bytes") is { } limit and < Unlimited
            ? new CgroupMemory(path, limit, Number($"{folder}/memory.kmem.tcp.usage_in_bytes") ?? 0)
            : null;

    /// <summary>The line "sock 4096" of memory.stat, which counts the cgroups below too.</summary>
    private static long SocketBytes(string folder)
    {
        ReadOnlySpan<byte> text = SmallFile.ReadAll($"{folder}/memory.stat", FileMax);
        int at = text.StartsWith("sock "u8) ? 0 : text.IndexOf("\nsock "u8) + 1;
        return text[at..].StartsWith("sock "u8) && System.Buffers.Text.Utf8Parser.TryParse(text[(at + 5)..], out long octets, out _) ? octets : 0;
    }

    /// <summary>Where the cgroup is mounted for us; null when it is outside of what is mounted, as seen from a container.</summary>
    private static string? FolderOf(string path, MountInfo mount)
    {
        string root = mount.Root.TrimEnd('/');
        bool isInside = path == mount.Root || path.StartsWith(root + "/", StringComparison.Ordinal);
        return isInside && !path.StartsWith("/..", StringComparison.Ordinal) ? mount.MountPoint + path[root.Length..] : null;
    }

    /// <summary>"/" is looked at too: in a container with a cgroup namespace it is the container's own. Above it there is nothing.</summary>
    private static string Above(string path) => path.Length == 1 ? "" : path.LastIndexOf('/') is > 0 and int slash ? path[..slash] : "/";

    private static long? Number(string path)
        => long.TryParse(SmallFile.ReadText(path), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
