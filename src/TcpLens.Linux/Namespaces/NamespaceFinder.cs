using System.IO.Enumeration;
using System.Text;
using TcpLens.Linux.Interop;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Finds every network namespace of the machine: those that a process is in, those that are mounted somewhere (`ip netns`, docker,
/// CNI plug-ins), and, when asked to look deep, those that only a thread or an open descriptor keeps alive.
/// </summary>
/// <param name="proc">Where /proc is.</param>
/// <param name="containers">Where names of containers come from; shared with whoever else shows them.</param>
public sealed class NamespaceFinder(string proc = "/proc", ContainerNames? containers = null)
{
    /// <summary>
    /// A deep look reads a link a descriptor, 3 µs each, and stops here in each process: those that keep namespaces (container
    /// runtimes, network agents) have tens of descriptors; those with a hundred thousand have sockets.
    /// </summary>
    public const int DescriptorsMax = 1024;

    /// <summary>The first namespace's inode where it is a constant (NET_NS_INIT_INO, linux/nsfs.h, Linux 6.18); no other gets it.</summary>
    private const uint FirstNetworkNamespace = 0xeffffff9;

    /// <summary>The first pid namespace's, a constant since Linux 3.8.</summary>
    private const string FirstPidNamespace = "pid:[4026531836]";

    private readonly ContainerNames _containers = containers ?? new();
    private ulong _namespaceDevice;

    /// <summary>Looks at every process and every mount. Without privilege only one's own processes can be seen, and that is said.</summary>
    /// <param name="deep">Also look at every thread and every open descriptor, up to <see cref="DescriptorsMax"/> a process.</param>
    public NamespaceSurvey FindAll(bool deep = false)
    {
        Draft draft = new();
        AddReasonsToSeeLess(draft);
        string? thread = Link("thread-self");
        uint own = thread is null ? 0 : NamespaceOf(thread);
        AddProcesses(draft);
        AddMounts(draft, "self", "");
        if (Link("self/ns/mnt") != Link("1/ns/mnt"))
        {
            AddMounts(draft, "1", proc + "/1/root");
        }

        if (deep)
        {
            AddThreadsAndDescriptors(draft);
        }

        if (own != 0)
        {
            draft.At(own).Path ??= $"{proc}/{thread}/ns/net";
        }

        uint host = HostNamespace(draft);
        List<NetworkNamespace> found = [.. draft.Drafts.Select(pair => Finish(pair.Key, pair.Value, own, host))];
        found.Sort(static (left, right) =>
            (!left.IsHost, !left.IsOwn, left.Inode).CompareTo((!right.IsHost, !right.IsOwn, right.Inode)));
        return new NamespaceSurvey { Found = found, BlindSpots = draft.BlindSpots, NamespaceOfProcess = draft.NamespaceOfProcess };
    }

    /// <summary>Inode of the calling thread's network namespace; 0 when /proc does not say.</summary>
    public static uint OwnNamespace()
    {
        Span<byte> target = stackalloc byte[64];
        int length = SmallFile.ReadLink("/proc/thread-self/ns/net\0"u8, target);
        return length > 0 ? NamespaceLink.Inode(target[..length]) : 0;
    }

    /// <summary>
    /// True when this process is outside of any container and the namespace is the one that the machine booted with: its settings are
    /// those that the files of sysctl.d set.
    /// </summary>
    public bool IsBooted(uint inode)
        => Link("self/ns/pid") == FirstPidNamespace && (inode == FirstNetworkNamespace || inode == NamespaceOf("1") || inode == NamespaceOf("2"));

    private void AddReasonsToSeeLess(Draft draft)
    {
        if (Link("self/ns/pid") is { } own and not FirstPidNamespace)
        {
            draft.BlindSpots.Add(new BlindSpot(
                "processes and network namespaces outside of this container",
                $"this process has a pid namespace of its own, {own}",
                "run on the host, or share its pid namespace"));
        }
    }

    private void AddProcesses(Draft draft)
    {
        int unreadable = 0;
        foreach (int pid in NumbersIn(proc))
        {
            int length = ReadLink($"{pid}/ns/net", out uint inode);
            if (inode != 0)
            {
                Namespace place = draft.At(inode);
                place.Processes++;
                place.LowestPid = place.LowestPid == 0 ? pid : Math.Min(place.LowestPid, pid);
                draft.NamespaceOfProcess[pid] = inode;
            }
            else if (length is -Libc.EACCES or -Libc.EPERM)
            {
                unreadable++;
            }
        }

        if (unreadable > 0)
        {
            // Some supervisors hide from root too: then there is nothing to advise.
            draft.BlindSpots.Add(new BlindSpot(
                unreadable == 1 ? "network namespace of 1 process" : $"network namespaces of {unreadable} processes",
                "no permission",
                Privileges.Current.Has(Capabilities.SysPtrace) ? null : "run with sudo, or with cap_sys_ptrace"));
        }
    }

    /// <summary>A namespace mounted twice has two names; the path is for whoever can reach the mounts of that process.</summary>
    private void AddMounts(Draft draft, string process, string root)
    {
        foreach (MountInfo mount in MountInfo.Parse(SmallFile.ReadAll($"{proc}/{process}/mountinfo", limit: 16 << 20) ?? []))
        {
            if (mount.NetworkNamespace is not 0 and uint inode)
            {
                Namespace place = draft.At(inode);
                string name = Path.GetFileName(mount.MountPoint);
                if (!place.Names.Contains(name))
                {
                    place.Names.Add(name);
                }

                place.Path ??= root + mount.MountPoint;
            }
        }
    }

    private void AddThreadsAndDescriptors(Draft draft)
    {
        int cut = 0;
        _namespaceDevice = SmallFile.Identity(SmallFile.Path(proc + "/self/ns/net")).stx_dev;
        foreach (int pid in NumbersIn(proc))
        {
            foreach (int thread in NumbersIn($"{proc}/{pid}/task"))
            {
                Take($"{pid}/task/{thread}/ns/net", pid);
            }

            List<int> descriptors = NumbersIn($"{proc}/{pid}/fd");
            cut += descriptors.Count > DescriptorsMax ? 1 : 0;
            foreach (int descriptor in descriptors.Take(DescriptorsMax))
            {
                Take($"{pid}/fd/{descriptor}", pid);
            }
        }

        if (cut > 0)
        {
            draft.BlindSpots.Add(new BlindSpot(
                "namespaces held only by a descriptor", $"looked at the first {DescriptorsMax} of each process, {cut} have more"));
        }

        void Take(string link, int pid)
        {
            Span<byte> target = stackalloc byte[64];
            int length = SmallFile.ReadLink(SmallFile.Path($"{proc}/{link}"), target);
            uint inode = length > 0 ? NamespaceLink.Inode(target[..length]) : 0;
            if (inode != 0 || (length > 0 && target[0] == (byte)'/' && IsMountedNamespace(link, out inode)))
            {
                Namespace place = draft.At(inode);
                place.Path ??= $"{proc}/{link}";
                place.LowestPid = place.LowestPid == 0 ? pid : place.LowestPid;
            }
        }
    }

    /// <summary>
    /// A descriptor that was opened by a mounted name links to that name, and to "/" once it is unmounted: only the device of the
    /// namespaces' own file system gives it away, and an ioctl the kind.
    /// </summary>
    private unsafe bool IsMountedNamespace(string link, out uint inode)
    {
        Libc.FileIdentity file = SmallFile.Identity(SmallFile.Path($"{proc}/{link}"));
        inode = (uint)file.stx_ino;
        if (file.stx_dev == 0 || file.stx_dev != _namespaceDevice)
        {
            return false;
        }

        fixed (byte* path = SmallFile.Path($"{proc}/{link}"))
        {
            int fd = Libc.open(path);
            bool isNetwork = fd >= 0 && Libc.ioctl(fd, Libc.NS_GET_NSTYPE, 0) == Libc.CLONE_NEWNET;
            _ = fd < 0 ? 0 : Libc.close(fd);
            return isNetwork;
        }
    }

    private NetworkNamespace Finish(uint inode, Namespace place, uint own, uint host)
    {
        ProcessRef? owner = place.LowestPid == 0 ? null : Process(place.LowestPid, inode);
        return new NetworkNamespace(inode)
        {
            Names = place.Names,
            Owner = owner,
            Container = owner?.Cgroup is { } cgroup && ContainerName.FromCgroupPath(cgroup) is { } container
                ? _containers.NameOf(container)
                : null,
            Processes = place.Processes,
            IsHost = inode == host,
            IsOwn = inode == own,
            Path = place.Path ?? (place.LowestPid == 0 ? null : $"{proc}/{place.LowestPid}/ns/net"),
        };
    }

    private ProcessRef Process(int pid, uint inode) => new(pid, SmallFile.ReadText($"{proc}/{pid}/comm") ?? "?")
    {
        Cgroup = CgroupText.PathOf(SmallFile.ReadText($"{proc}/{pid}/cgroup")),
        Namespace = inode,
    };

    /// <summary>0 when unknown: inside a container, process 1 is the container's and says nothing of the host.</summary>
    private uint HostNamespace(Draft draft)
    {
        if (draft.Drafts.ContainsKey(FirstNetworkNamespace))
        {
            return FirstNetworkNamespace;
        }

        // Process 1 may forbid even root to look; process 2, kthreadd, never left the first namespaces.
        return Link("self/ns/pid") != FirstPidNamespace ? 0
            : draft.NamespaceOfProcess.GetValueOrDefault(1, draft.NamespaceOfProcess.GetValueOrDefault(2));
    }

    private uint NamespaceOf(string process)
    {
        ReadLink(process + "/ns/net", out uint inode);
        return inode;
    }

    private int ReadLink(string link, out uint inode)
    {
        Span<byte> target = stackalloc byte[64];
        int length = SmallFile.ReadLink(SmallFile.Path($"{proc}/{link}"), target);
        inode = length > 0 ? NamespaceLink.Inode(target[..length]) : 0;
        return length;
    }

    private string? Link(string link)
    {
        Span<byte> target = stackalloc byte[256];
        int length = SmallFile.ReadLink(SmallFile.Path($"{proc}/{link}"), target);
        return length > 0 ? Encoding.UTF8.GetString(target[..length]) : null;
    }

    /// <summary>The entries of a folder whose names are numbers; none when it is gone or forbidden.</summary>
    private static List<int> NumbersIn(string folder)
    {
        List<int> numbers = [];
        EnumerationOptions all = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
        try
        {
            numbers.AddRange(new FileSystemEnumerable<int>(
                folder, static (ref FileSystemEntry entry) => int.TryParse(entry.FileName, out int number) ? number : -1, all));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process ended while we looked, or is not ours to look into.
        }

        numbers.RemoveAll(static number => number < 0);
        return numbers;
    }

    private sealed class Draft
    {
        public Dictionary<uint, Namespace> Drafts { get; } = [];

        public Dictionary<int, uint> NamespaceOfProcess { get; } = [];

        public List<BlindSpot> BlindSpots { get; } = [];

        public Namespace At(uint inode)
        {
            if (!Drafts.TryGetValue(inode, out Namespace? place))
            {
                Drafts.Add(inode, place = new Namespace());
            }

            return place;
        }
    }

    private sealed class Namespace
    {
        public List<string> Names { get; } = [];

        public int LowestPid { get; set; }

        public int Processes { get; set; }

        public string? Path { get; set; }
    }
}
