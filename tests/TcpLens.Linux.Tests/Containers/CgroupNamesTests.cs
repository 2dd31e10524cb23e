using TcpLens.Linux.Tests.Namespaces;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Containers;

public sealed class CgroupNamesTests
{
    [RootFact]
    public void The_kernels_number_of_a_cgroup_leads_to_its_path_by_handle_and_by_walk()
    {
        using OwnCgroup cgroup = new();
        using CgroupNames byHandle = CgroupNames.Open()!;
        using CgroupNames byWalk = CgroupNames.Open(mayOpenByHandle: false)!;

        Assert.Equal(cgroup.Path, byHandle.PathOf(cgroup.Id));
        Assert.True(byHandle.UsesHandles);
        Assert.Equal(cgroup.Path, byWalk.PathOf(cgroup.Id));
        Assert.False(byWalk.UsesHandles);
    }

    [RootFact]
    public void A_cgroup_that_was_removed_is_null_and_handles_go_on_working()
    {
        using CgroupNames names = CgroupNames.Open()!;
        ulong gone;
        using (OwnCgroup cgroup = new())
        {
            gone = cgroup.Id;
        }

        using OwnCgroup other = new();
        Assert.Null(names.PathOf(gone));
        Assert.Null(names.PathOf(0));
        Assert.Equal(other.Path, names.PathOf(other.Id));
    }

    [RootFact]
    public void The_cgroup_that_sock_diag_gives_with_a_socket_has_a_path()
    {
        using System.Net.Sockets.TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using SockDiagSocket netlink = SockDiagSocket.Open();
        using DiagWalk walk = new(netlink, new SocketQuery());
        using CgroupNames names = CgroupNames.Open()!;
        SocketEntry mine = default;
        while (walk.Read(out SocketEntry entry))
        {
            mine = entry.Local.Port == ((System.Net.IPEndPoint)listener.LocalEndpoint).Port ? entry : mine;
        }

        string own = File.ReadLines("/proc/self/cgroup").Single(line => line.StartsWith("0::", StringComparison.Ordinal))[3..];
        Assert.Equal(own, names.PathOf(mine.CgroupId));
    }

    [Fact]
    public void Without_cgroup_v2_there_are_no_names()
    {
        using ProcFolder proc = new();
        proc.Write("self/mountinfo", "1 2 0:3 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");

        Assert.Null(CgroupNames.Open(proc.Root));
    }

    /// <summary>An empty cgroup of the test's own.</summary>
    internal sealed class OwnCgroup : IDisposable
    {
        private static readonly string Mount = File.ReadLines("/proc/self/mountinfo")
            .First(line => line.Contains(" - cgroup2 ")).Split(' ')[4];

        public OwnCgroup()
        {
            Path = $"/tlm-{Guid.NewGuid():N}/inner";
            Directory.CreateDirectory(Mount + Path);
            Id = ulong.Parse(NamedNamespace.Run("stat", "-c", "%i", Mount + Path));
        }

        public string Path { get; }

        public ulong Id { get; }

        public void Dispose()
        {
            Directory.Delete(Mount + Path);
            Directory.Delete(System.IO.Path.GetDirectoryName(Mount + Path)!);
        }
    }
}
