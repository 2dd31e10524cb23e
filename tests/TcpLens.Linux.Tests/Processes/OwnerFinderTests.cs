using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TcpLens.Linux.Tests.Namespaces;
using static TcpLens.Linux.Tests.ProcFsTests;

namespace TcpLens.Linux.Tests;

public sealed class OwnerFinderTests
{
    private static readonly ProcFs Proc = new();
    private static readonly int Self = Environment.ProcessId;

    [Fact]
    public void Every_holder_of_a_shared_socket_is_found()
    {
        using Socket listener = TestSockets.Listener();
        using HelperProcess first = HelperProcess.Start("/bin/sleep", ["1000"], listener.SafeHandle);
        using HelperProcess second = HelperProcess.Start("/bin/sleep", ["1000"], listener.SafeHandle);
        foreach (OwnerIndex owners in (OwnerIndex[])[
            new OwnerFinder(Proc, mayUseBpf: false).FindAll(),
            new OwnerFinder(Proc).Find([listener.Inode()], Proc.NamespaceOfThisThread)])
        {
            List<(int Pid, int Descriptor, string)> holders = Holders(owners, listener.Inode());
            Assert.Contains(holders, h => h.Pid == Self && h.Descriptor == listener.Descriptor());
            Assert.Contains((first.Pid, 0, "sleep"), holders);
            Assert.Contains((second.Pid, 0, "sleep"), holders);
        }
    }

    [Fact]
    public void Wanted_sockets_of_our_namespace_are_found_without_asking_others()
    {
        using Socket listener = TestSockets.Listener();
        using Socket other = TestSockets.Listener();
        OwnerIndex owners = new OwnerFinder(Proc, mayUseBpf: false).Find([0, listener.Inode()], Proc.NamespaceOfThisThread);
        Assert.Contains(Holders(owners, listener.Inode()), h => h.Pid == Self && h.Descriptor == listener.Descriptor());
        Assert.Empty(Holders(owners, other.Inode()));
        Assert.EndsWith(" in this network namespace", owners.Source);
    }

    [Fact]
    public void Nobody_is_asked_for_no_sockets_or_for_those_that_nobody_holds()
    {
        Assert.Equal(0, new OwnerFinder(Proc).Find([], 0).Count);
        OwnerIndex owners = new OwnerFinder(Proc).Find([0], Proc.NamespaceOfThisThread);
        Assert.Equal(0, owners.Count);
        Assert.Empty(Holders(owners, 0));
    }

    [RootFact]
    public void A_socket_of_another_namespace_is_found_among_its_processes_first_and_then_among_all()
        => OwnThread.InNewNamespace(here =>
        {
            using Socket shared = TestSockets.Listener();
            using Socket ours = TestSockets.Listener();
            using HelperProcess child = HelperProcess.Start("/bin/sleep", ["1000"], shared.SafeHandle);
            Assert.True(SpinWait.SpinUntil(() => Proc.NamespaceOf(child.Pid) == here, TimeSpan.FromSeconds(20)));
            OwnerFinder finder = new(Proc, mayUseBpf: false);

            OwnerIndex near = finder.Find([shared.Inode()], here);
            Assert.Equal([(child.Pid, 0, "sleep")], Holders(near, shared.Inode()));
            Assert.Equal("links in /proc, of 1 process in this network namespace", near.Source);

            OwnerIndex widened = finder.Find([shared.Inode(), ours.Inode()], here);
            Assert.Contains(Holders(widened, ours.Inode()), h => h.Pid == Self);
            Assert.Contains(Holders(widened, shared.Inode()), h => h.Pid == Self);
            Assert.Contains(Holders(widened, shared.Inode()), h => h.Pid == child.Pid);
            Assert.StartsWith("links in /proc, of all ", widened.Source);
        });

    [Fact]
    public void Without_privilege_what_could_not_be_read_is_counted_and_said()
    {
        using HelperProcess child = HelperProcess.Start("/bin/sleep", ["1000"]);
        OwnThread.AsNobody(() =>
        {
            OwnerIndex owners = new OwnerFinder(Proc).FindAll();
            Assert.True(owners.UnreadableProcesses > 0);
            Assert.EndsWith($"{owners.UnreadableProcesses} processes could not be read: run as root or with cap_sys_ptrace,cap_dac_read_search", owners.Source);
            Assert.Null(TaskFileIterator.TryOpen(0, out string? whyNot));
            Assert.Contains("it needs cap_bpf and cap_perfmon (or cap_sys_admin)", whyNot);
        });
    }

    [RootFact]
    public void Thousands_of_descriptors_of_one_socket_are_all_told_by_either_way()
    {
        const int Copies = 15_000, DuplicateCloseOnExec = 1030;
        using Socket listener = TestSockets.Listener();
        int[] copies = new int[Copies];
        try
        {
            for (int i = 0; i < Copies; i++)
            {
                copies[i] = fcntl(listener.Descriptor(), DuplicateCloseOnExec, 0);
                Assert.True(copies[i] > 2, "a descriptor more");
            }

            List<int> expected = [.. copies, listener.Descriptor()];
            expected.Sort();
            OwnerIndex byBpf = new OwnerFinder(Proc).FindAll();
            OwnerIndex byLinks = new OwnerFinder(Proc, mayUseBpf: false).FindAll();
            Assert.StartsWith("BPF", byBpf.Source);
            Assert.Contains("no BPF: it is switched off", byLinks.Source);
            Assert.Equal(expected, Ours(byBpf));
            Assert.Equal(expected, Ours(byLinks));

            // A child that another test starts has all our descriptors for an instant, before it becomes its program.
            IEnumerable<int> Ours(OwnerIndex owners)
                => Holders(owners, listener.Inode()).Where(h => h.Pid == Self).Select(h => h.Descriptor);
        }
        finally
        {
            foreach (int copy in copies)
            {
                _ = copy > 2 ? close(copy) : 0;
            }
        }
    }

    [RootFact]
    public void The_kernels_walk_and_the_links_tell_the_same_in_a_namespace_of_its_own() => OwnThread.InNewNamespace(here =>
    {
        using Socket listener = TestSockets.Listener();
        using Socket listener6 = TestSockets.Listener(IPAddress.IPv6Loopback);
        using Socket client = TestSockets.ConnectTo(listener);
        using Socket accepted = listener.Accept();
        using Socket unbound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using Socket datagrams = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using Socket local = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using HelperProcess child = HelperProcess.Start("/bin/sleep", ["1000"], accepted.SafeHandle);

        // A child also inherits what other tests happen to keep open, so only the sockets made here are looked at.
        HashSet<uint> own = [.. from socket in (Socket[])[listener, listener6, client, accepted, unbound, datagrams, local] select socket.Inode()];

        // The start returns while the kernel still closes what the new program is not to have; those links vanish as one looks.
        Deadline.Until(() => DescriptorsOf(child.Pid, [.. own]) == 1, "the child to hold one of the sockets only");

        List<SocketDescriptor> told = [];
        using TaskFileIterator? files = TaskFileIterator.TryOpen(here, out string? whyNot);
        Assert.Null(whyNot);
        while (files!.Read(out SocketDescriptor descriptor))
        {
            if (own.Contains(descriptor.Inode) && (descriptor.Pid == Self || descriptor.Pid == child.Pid))
            {
                told.Add(descriptor);
            }
        }

        Assert.Equal(6, told.Count);
        Assert.All(told, descriptor => Assert.Equal(here, descriptor.Namespace));
        OwnerIndex links = new OwnerFinder(Proc, mayUseBpf: false).FindAll();
        foreach (Socket socket in (Socket[])[listener, listener6, client, accepted, unbound])
        {
            Assert.Equal(
                Holders(links, socket.Inode()).Where(h => h.Pid == Self || h.Pid == child.Pid).Select(h => (h.Pid, h.Descriptor)),
                told.Where(d => d.Inode == socket.Inode()).Select(d => (d.Pid, d.Descriptor)));
        }

        Assert.Contains(told, d => d.Pid == child.Pid && d.Descriptor == 0);
        Assert.DoesNotContain(told, d => d.Inode == datagrams.Inode() || d.Inode == local.Inode());
    });

    private static int DescriptorsOf(int pid, uint[] sockets)
    {
        OwnerIndex index = new(Proc, sockets);
        Proc.ReadSockets(pid, index);
        return index.Count;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int fcntl(int fd, int command, int argument);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int fd);
}
