using System.Net.Sockets;
using System.Text;

namespace TcpLens.Linux.Tests;

public sealed class ProcFsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tcplens-proc-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("socket:[1]", 1u)]
    [InlineData("socket:[4294967295]", uint.MaxValue)]
    [InlineData("socket:[4294967296]", null)]
    [InlineData("socket:[]", null)]
    [InlineData("socket:[12", null)]
    [InlineData("socket:[12]x", null)]
    [InlineData("socket:[-1]", null)]
    [InlineData("pipe:[12]", null)]
    [InlineData("/tmp/socket:[12]", null)]
    [InlineData("", null)]
    public void Only_a_socket_link_has_a_socket_inode(string link, uint? expected)
        => Assert.Equal(expected, ProcFs.SocketInode(Encoding.UTF8.GetBytes(link)));

    [Theory]
    [InlineData("0::/system.slice/nginx.service\n", "/system.slice/nginx.service")]
    [InlineData("0::/\n", "/")]
    [InlineData("12:cpu,cpuacct:/a\n3:name=systemd:/longer/path\n2:pids:/b", "/longer/path")]
    [InlineData("12:cpu:/docker/abc\n0::/\n", "/docker/abc")]
    [InlineData("12:cpu:/docker/abcdefghijkl\n0::/unified\n", "/unified")]
    [InlineData("0::/odd:name:here\n", "/odd:name:here")]
    [InlineData("no colons at all", null)]
    [InlineData("one:colon", null)]
    [InlineData("", null)]
    public void A_cgroup_is_the_unified_path_or_the_longest_of_the_others(string lines, string? expected)
        => Assert.Equal(expected, ProcFs.CgroupPath(Encoding.UTF8.GetBytes(lines)));

    [Theory]
    [InlineData("plain\n", "plain")]
    [InlineData("\u001b[31mred\n", "\u001b[31mred")]
    [InlineData("two\nlines\n", "two\nlines")]
    [InlineData("\n", "")]
    public void A_command_is_told_raw_as_the_process_chose_it(string comm, string expected)
    {
        Process(7, comm: comm);
        Assert.Equal(expected, new ProcFs(_root).CommandOf(7));
    }

    [Theory]
    [InlineData("7 (plain) S 1 7 7 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 12345 0", 12345ul)]
    [InlineData("7 (a) b) (c) S 1 7 7 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 12345 0", 12345ul)]
    [InlineData("7 (short) S 1", null)]
    [InlineData("nonsense", null)]
    public void The_start_time_stands_after_a_command_that_may_contain_anything(string stat, ulong? expected)
    {
        ProcessWithStat(7, stat);
        Assert.Equal(expected, new ProcFs(_root).StartTimeOf(7));
    }

    [Fact]
    public void A_folder_of_the_same_shape_is_as_good_as_the_real_one()
    {
        Process(12, comm: "nginx\n", cgroup: "0::/web\n", "socket:[500]", "pipe:[1]", "socket:[501]");
        Process(340, comm: "worker\n", cgroup: "0::/web\n", "socket:[500]");
        Directory.CreateDirectory(Path.Combine(_root, "sys"));
        Directory.CreateDirectory(Path.Combine(_root, "99999999999999999999"));
        OwnerIndex owners = new OwnerFinder(new ProcFs(_root)).FindAll();
        Assert.Equal([(12, 0, "nginx"), (340, 0, "worker")], Holders(owners, 500));
        Assert.Equal([(12, 2, "nginx")], Holders(owners, 501));
        Assert.Equal("/web", owners.HoldersOf(501)[0].Process.Cgroup);
        Assert.Empty(Holders(owners, 502));
        Assert.Equal(3, owners.Count);
        Assert.StartsWith($"links in {_root}, of all 2 processes", owners.Source);
    }

    [Fact]
    public void Where_there_is_no_proc_the_error_says_so()
    {
        SystemCallException failure = Assert.Throws<SystemCallException>(() => new ProcFs(_root + "/none").Processes());
        Assert.Contains("is the proc file system mounted there?", failure.Message);
    }

    [Fact]
    public void A_process_that_has_ended_is_gone_and_no_error()
    {
        ProcFs proc = new();
        int pid;
        using (HelperProcess child = HelperProcess.Start("/bin/sleep", ["1000"]))
        {
            pid = child.Pid;
            Assert.Contains(pid, proc.Processes());   // The walk has begun, and the child dies before its turn.
        }

        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                HelperProcess.Start("/bin/true", []).Dispose();
                return !Directory.Exists($"/proc/{pid}");
            },
            TimeSpan.FromSeconds(30)));
        OwnerIndex index = new(proc, []);
        Assert.Equal(ProcessReading.Gone, proc.ReadSockets(pid, index));
        Assert.Null(proc.CommandOf(pid));
        Assert.Null(proc.CgroupOf(pid));
        Assert.Null(proc.UserOf(pid));
        Assert.Null(proc.StartTimeOf(pid));
        Assert.Null(proc.DescriptorCount(pid));
        Assert.Equal(0u, proc.NamespaceOf(pid));
        Assert.Equal("", proc.Describe(pid).Command);
        index.Add(77, pid, 3);
        Assert.Equal([(pid, 3, "")], Holders(index, 77));
    }

    [RootFact]
    public void Our_own_process_is_told_as_we_know_it()
    {
        ProcFs proc = new();
        int self = Environment.ProcessId;
        Assert.Contains(self, proc.Processes());
        Assert.Equal(File.ReadAllText("/proc/self/comm").TrimEnd('\n'), proc.CommandOf(self));
        Assert.Equal($"net:[{proc.NamespaceOf(self)}]", new FileInfo("/proc/self/ns/net").LinkTarget);
        Assert.Equal(0u, proc.UserOf(self));
        Assert.True(proc.StartTimeOf(self) > 0);
        Assert.True(proc.DescriptorCount(self) > 2);
    }

    [Fact]
    public void The_processes_are_those_the_folder_lists()
    {
        List<int> processes = new ProcFs().Processes();
        Assert.Contains(1, processes);
        Assert.Equal(processes.Count, processes.Distinct().Count());
        using HelperProcess child = HelperProcess.Start("/bin/sleep", ["1000"]);
        Assert.DoesNotContain(child.Pid, processes);
        Assert.Contains(child.Pid, new ProcFs().Processes());
    }

    [RootFact]
    public void A_process_we_may_not_read_is_forbidden_and_one_of_the_kernels_own_is_not_counted()
    {
        ProcFs proc = new();
        using HelperProcess child = HelperProcess.Start("/bin/sleep", ["1000"]);
        const int KernelThreads = 2;   // kthreadd
        bool hasKernelThreads = proc.CommandOf(KernelThreads) == "kthreadd";
        OwnThread.AsNobody(() =>
        {
            OwnerIndex index = new(proc, []);
            Assert.Equal(ProcessReading.Forbidden, proc.ReadSockets(child.Pid, index));
            if (hasKernelThreads)
            {
                Assert.Equal(ProcessReading.Gone, proc.ReadSockets(KernelThreads, index));
            }
        });
        using Socket listener = TestSockets.Listener();
        OwnerIndex mine = new(proc, []);
        Assert.Equal(ProcessReading.Done, proc.ReadSockets(Environment.ProcessId, mine));
        Assert.Contains((Environment.ProcessId, listener.Descriptor(), proc.CommandOf(Environment.ProcessId)!), Holders(mine, listener.Inode()));
    }

    internal static List<(int Pid, int Descriptor, string Command)> Holders(OwnerIndex index, uint inode)
    {
        List<(int, int, string)> holders = [];
        foreach (Observation.SocketHolder holder in index.HoldersOf(inode))
        {
            holders.Add((holder.Process.Pid, holder.Descriptor, holder.Process.Command));
        }

        return holders;
    }

    private void Process(int pid, string comm = "x\n", string cgroup = "0::/\n", params string[] links)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root, $"{pid}", "fd")).Parent!.FullName;
        File.WriteAllText(Path.Combine(folder, "comm"), comm);
        File.WriteAllText(Path.Combine(folder, "cgroup"), cgroup);
        for (int i = 0; i < links.Length; i++)
        {
            File.CreateSymbolicLink(Path.Combine(folder, "fd", $"{i}"), links[i]);
        }
    }

    private void ProcessWithStat(int pid, string stat)
    {
        Process(pid);
        File.WriteAllText(Path.Combine(_root, $"{pid}", "stat"), stat);
    }
}
