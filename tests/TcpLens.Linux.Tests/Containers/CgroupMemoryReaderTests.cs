using TcpLens.Linux.Tests.Namespaces;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Containers;

public sealed class CgroupMemoryReaderTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Fact]
    public void The_nearest_limit_above_a_process_counts_once_however_many_are_under_it()
    {
        using ProcFolder proc = new();
        string cgroups = Mount(proc, "0::", "cgroup2", "rw");
        proc.Write("5/cgroup", $"0::/docker/{Id}/a\n");
        proc.Write("6/cgroup", $"0::/docker/{Id}/b\n");
        proc.Write("7/cgroup", "0::/free\n");
        proc.Write($"{cgroups}/docker/{Id}/a/memory.max", "max\n");
        proc.Write($"{cgroups}/docker/{Id}/memory.max", "1048576\n");
        proc.Write($"{cgroups}/docker/{Id}/memory.stat", "anon 5\nfile 6\nsock 4096\nsocket 3\n");
        proc.Write($"{cgroups}/free/memory.max", "max\n");

        CgroupMemory found = Assert.Single(Reader(proc).Read([5, 6, 7, 8]));

        Assert.Equal(new CgroupMemory($"/docker/{Id}", 1048576, 4096) { Container = Id[..12] }, found);
    }

    [Fact]
    public void In_a_container_its_own_cgroup_is_the_root()
    {
        using ProcFolder proc = new();
        string cgroups = Mount(proc, "0::", "cgroup2", "rw");
        proc.Write("5/cgroup", "0::/\n");
        proc.Write("6/cgroup", "0::/../other\n");
        proc.Write($"{cgroups}/memory.max", "4096\n");
        proc.Write($"{cgroups}/memory.stat", "sock 12\n");

        Assert.Equal([new CgroupMemory("/", 4096, 12)], Reader(proc).Read([6, 5]));
    }

    [Fact]
    public void Where_only_a_part_of_the_tree_is_mounted_paths_are_taken_from_there()
    {
        using ProcFolder proc = new();
        string cgroups = Mount(proc, "0::", "cgroup2", "rw", "/pod");
        proc.Write("5/cgroup", "0::/pod/app\n");
        proc.Write("6/cgroup", "0::/podium\n");
        proc.Write($"{cgroups}/memory.max", "8192\n");

        Assert.Equal([new CgroupMemory("/pod", 8192, 0)], Reader(proc).Read([5, 6]));
    }

    [RootFact]
    public void In_v1_it_is_the_limit_on_socket_memory_of_a_real_cgroup()
    {
        string? mount = File.ReadLines("/proc/self/mountinfo").FirstOrDefault(line => line.Contains(" - cgroup ") && line.EndsWith("memory", StringComparison.Ordinal));
        Assert.SkipWhen(mount is null, "this machine has no memory controller of cgroup v1");
        string path = $"/tlm-{Guid.NewGuid():N}";
        string folder = mount!.Split(' ')[4] + path;
        Directory.CreateDirectory(folder + "/inner");
        try
        {
            File.WriteAllText(folder + "/memory.kmem.tcp.limit_in_bytes", "1048576");
            using Puppet puppet = new();
            File.WriteAllText(folder + "/inner/cgroup.procs", $"{puppet.Pid}");

            CgroupMemory found = Assert.Single(new CgroupMemoryReader("/proc", new ContainerNames()).Read([puppet.Pid]));

            Assert.Equal((path, 1048576), (found.Path, found.LimitBytes));
        }
        finally
        {
            Until.True(() => File.ReadAllText(folder + "/inner/cgroup.procs").Length == 0, "the cgroup must be empty");
            Directory.Delete(folder + "/inner");
            Directory.Delete(folder);
        }
    }

    private static CgroupMemoryReader Reader(ProcFolder proc) => new(proc.Root, new ContainerNames(proc.Root));

    /// <summary>A mount of cgroups inside of the test's folder; returns its path in there.</summary>
    private static string Mount(ProcFolder proc, string name, string type, string options, string root = "/")
    {
        proc.Write("self/mountinfo", $"43 42 0:4 {root} {proc.Root}/cgroups rw shared:2 - {type} {name} {options}\n");
        return "cgroups";
    }
}
