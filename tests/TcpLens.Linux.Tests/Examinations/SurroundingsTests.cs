using System.Net;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Examinations;

public sealed class SurroundingsTests
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    [RootFact]
    public void A_process_is_seen_at_both_moments_with_all_there_is_to_say_of_it()
    {
        using TestNamespace ns = new();
        using Puppet server = new(ns), client = new(ns);
        IPEndPoint at = server.Listen("l", Anywhere);
        client.Connect("c", at);
        server.Accept("s", "l");
        using LiveMachine machine = new([Place.Of(ns)]);
        Surroundings around = new(machine, TimeProvider.System);
        SocketTable before = Walk(machine, new SocketTable());
        around.LookFirst(before);

        client.Reset("c");
        server.WaitFor("s", TcpState.Closed);
        client.Bind("bound", Anywhere);
        client.ConnectMany("more", 3, at);
        server.Stop();
        SocketTable now = around.LookAgain(before);

        // What comes after the second look is found too.
        using Puppet late = new(ns);
        late.Listen("l", Anywhere);
        Dictionary<int, ProcessFacts> facts = around.ProcessesOf(before, Walk(machine, now)).ToDictionary(process => process.Process.Pid);
        server.Continue();

        Assert.Equal([server.Pid, client.Pid, late.Pid], facts.Keys.Order());
        ProcessFacts held = facts[server.Pid], opened = facts[client.Pid];
        Assert.True(held is { State: 'T', ClosedSockets: 1, ClosedSocketsBefore: 0, ClosedSocketsAreAtMost: false, IsProgramReplaced: false, Container: null });
        Assert.Equal(held.DescriptorsBefore, held.Descriptors);
        Assert.Equal(opened.DescriptorsBefore + 3, opened.Descriptors);   // One closed, four opened.
        Assert.InRange(held.Age!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Assert.True(held.DescriptorLimit > 0);
        Assert.Null(facts[late.Pid].DescriptorsBefore);
        Assert.Equal(client.Pid, Assert.Single(now.All.ToArray(), socket => socket.Entry.State == TcpState.Closed).Process?.Pid);
        Assert.Contains(around.Interfaces, link => link.IsLoopback);
        Assert.NotNull(around.Settings["net.ipv4.tcp_rmem"]);
        Assert.Empty(around.SettingSources);
    }

    [RootFact]
    public void A_process_that_only_holds_sockets_that_ended_is_among_them()
    {
        using TestNamespace ns = new();
        using Puppet client = new(ns), server = new(ns);
        client.Connect("c", server.Listen("l", Anywhere));
        server.Accept("s", "l");
        server.Close("l");
        client.Reset("c");
        server.WaitFor("s", TcpState.Closed);
        using LiveMachine machine = new([Place.Of(ns)]);
        Surroundings around = new(machine, TimeProvider.System);
        SocketTable before = Walk(machine, new SocketTable());
        around.LookFirst(before);

        ProcessFacts facts = Assert.Single(around.ProcessesOf(before, Walk(machine, around.LookAgain(before))));

        Assert.Equal(server.Pid, facts.Process.Pid);
        Assert.True(facts is { ClosedSockets: 1, ClosedSocketsBefore: 1 });
    }

    [RootFact]
    public void Files_of_sysctl_count_where_the_machine_booted_and_nowhere_else()
    {
        using TestNamespace ns = new();
        NamespaceFinder finder = new();
        bool isContained = new FileInfo("/proc/self/ns/pid").LinkTarget != "pid:[4026531836]";

        Assert.False(finder.IsBooted(Place.Of(ns).Inode));
        Assert.Equal(!isContained && NamespaceFinder.OwnNamespace() == finder.FindAll().Found.FirstOrDefault(place => place.IsHost)?.Inode, finder.IsBooted(NamespaceFinder.OwnNamespace()));

        using LiveMachine machine = LiveMachine.Own();
        Surroundings around = new(machine, TimeProvider.System);
        around.LookFirst(new SocketTable());
        Assert.Equal(finder.IsBooted(NamespaceFinder.OwnNamespace()) ? new SysctlFiles().Read().Sources : [], around.SettingSources);
    }

    private static SocketTable Walk(LiveMachine machine, SocketTable into)
    {
        using SocketWalk walk = machine.Walk(new SocketQuery());
        while (walk.Read(out SocketEntry entry))
        {
            into.Add(new SocketRecord { Entry = entry });
        }

        return into;
    }
}
