using System.Net.Sockets;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests;

public sealed class WalkForGroupsTests
{
    [Fact]
    public void A_BPF_walk_that_a_locked_socket_stops_is_begun_again_as_a_dump_and_counts_nothing_twice() => OwnThread.InNewNamespace(ns =>
    {
        using Socket listener = TestSockets.Listener();
        using LockedSocket locked = new(listener);
        using Socket client = TestSockets.ConnectTo(listener);
        using var machine = new LiveMachine([new NetworkNamespace(ns) { IsOwn = true }]) { ManySockets = 0 };
        using SockDiagSocket netlink = SockDiagSocket.Open(ns);
        int expected = Count(new DiagWalk(netlink, new SocketQuery()));
        int begun = 0;

        Assert.Equal(expected, machine.WalkForGroups(new SocketQuery(), Tally));
        Assert.Equal(2, begun);
        Assert.Contains(machine.Sources, source => source.StartsWith("BPF given up: ", StringComparison.Ordinal));

        Assert.Equal(expected, machine.WalkForGroups(new SocketQuery(), Tally));
        Assert.Equal(3, begun);   // The next walk does not try BPF again.

        int Tally(SocketWalk walk)
        {
            begun++;
            return Count(walk);
        }
    });

    [Fact]
    public void Without_a_locked_socket_BPF_and_a_dump_count_the_same() => OwnThread.InNewNamespace(ns =>
    {
        using Socket listener = TestSockets.Listener();
        using Socket client = TestSockets.ConnectTo(listener);
        NetworkNamespace[] here = [new NetworkNamespace(ns) { IsOwn = true }];
        using var byBpf = new LiveMachine(here) { ManySockets = 0 };
        using var byDump = new LiveMachine(here, mayUseBpf: false) { ManySockets = 0 };

        Assert.Equal(3, byBpf.WalkForGroups(new SocketQuery(), Count));
        Assert.Equal(3, byDump.WalkForGroups(new SocketQuery(), Count));
        Assert.Contains(byBpf.Sources, source => source.StartsWith("BPF iterator", StringComparison.Ordinal));
        Assert.DoesNotContain(byDump.Sources, source => source.StartsWith("BPF", StringComparison.Ordinal));
    });

    private static int Count(SocketWalk walk)
    {
        int count = 0;
        while (walk.Read(out SocketEntry _))
        {
            count++;
        }

        return count;
    }
}
