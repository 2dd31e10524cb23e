using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Observation.Filters;

namespace TcpLens.Linux.Tests;

public sealed class WalkForGroupsTests
{
    [RootFact]
    public void A_BPF_walk_that_a_locked_socket_stops_is_begun_again_as_a_dump_and_counts_nothing_twice() => OwnThread.InNewNamespace(ns =>
    {
        using Socket listener = TestSockets.Listener();
        using LockedSocket locked = new(listener);
        using Socket client = TestSockets.ConnectTo(listener);
        using var machine = new LiveMachine([new NetworkNamespace(ns) { IsOwn = true }]) { ManySockets = 0 };
        using SockDiagSocket netlink = SockDiagSocket.Open(ns);
        int expected = Count(new DiagWalk(netlink, new SocketQuery()));
        int begun = 0;
        int counted = 0;

        machine.WalkForGroups(new SocketQuery(), tellsLittle: true, Tally);
        Assert.Equal((expected, 2), (counted, begun));
        Assert.Contains(machine.Sources, source => source.StartsWith("BPF given up: ", StringComparison.Ordinal));

        machine.WalkForGroups(new SocketQuery(), tellsLittle: true, Tally);
        Assert.Equal((expected, 3), (counted, begun));   // The next walk does not try BPF again.

        void Tally(SocketWalk walk)
        {
            begun++;
            counted = Count(walk);
        }
    });

    [RootFact]
    public void Without_a_locked_socket_BPF_and_a_dump_count_the_same() => OwnThread.InNewNamespace(ns =>
    {
        using Socket listener = TestSockets.Listener();
        using Socket client = TestSockets.ConnectTo(listener);
        NetworkNamespace[] here = [new NetworkNamespace(ns) { IsOwn = true }];
        using var byBpf = new LiveMachine(here) { ManySockets = 0 };
        using var byDump = new LiveMachine(here, mayUseBpf: false) { ManySockets = 0 };

        int counted = 0;
        byBpf.WalkForGroups(new SocketQuery(), tellsLittle: true, walk => counted = Count(walk));
        Assert.Equal(3, counted);
        byDump.WalkForGroups(new SocketQuery(), tellsLittle: true, walk => counted = Count(walk));
        Assert.Equal(3, counted);
        Assert.Contains(byBpf.Sources, source => source.StartsWith("BPF iterator", StringComparison.Ordinal));
        Assert.DoesNotContain(byDump.Sources, source => source.StartsWith("BPF", StringComparison.Ordinal));
    });

    [RootFact]
    public void What_the_iterator_does_not_tell_is_not_judged_by_it() => OwnThread.InNewNamespace(ns =>
    {
        using Socket listener = TestSockets.Listener();
        using Socket client = TestSockets.ConnectTo(listener);
        using var machine = new LiveMachine([new NetworkNamespace(ns) { IsOwn = true }]) { ManySockets = 0 };
        SocketFilter filter = SocketFilter.Parse("recvq >= 1", NoNames.Instance).Filter!;   // One connection waits in the accept queue.

        int counted = 0;
        machine.WalkForGroups(new SocketQuery { Filter = filter }, tellsLittle: true, walk => counted = Count(walk));
        Assert.Equal(1, counted);
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
