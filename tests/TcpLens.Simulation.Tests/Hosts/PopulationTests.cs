using System.Globalization;
using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>Very many connections that say nothing: what each costs, and that nobody is woken for them.</summary>
[CollectionDefinition(nameof(PopulationTests), DisableParallelization = true)]
[Collection(nameof(PopulationTests))]
public sealed class PopulationTests
{
    /// <summary>In the environment; bench/simulation takes a million.</summary>
    private const string Variable = "TCPLENS_POPULATION";

    private const int PortsAnAddress = 20_000;

    /// <summary>Octets for one end of an idle connection: the host's tables and its share of the world included.</summary>
    private const int Budget = 1536;

    private static readonly HostAddress Far = HostAddress.V4(0x0a01_0001);

    [Fact]
    public void An_idle_end_costs_no_more_than_its_budget_and_wakes_nobody()
    {
        int connections = int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : 20_000;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var world = new World(1);
        HostNode caller = world.AddHost(new() { Addresses = Addresses(connections), MaxConnections = connections });
        world.Connect(caller, world.Add(new Stranger()), new() { Delay = TimeSpan.FromMilliseconds(10) });
        Call(world, caller, connections);
        Assert.Equal(connections, caller.Host.Established);
        AssertCheap(world, before, connections);
    }

    [Fact]
    public void Both_ends_of_idle_connections_are_as_cheap()
    {
        const int Connections = 10_000;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var world = new World(1);
        HostNode caller = world.AddHost(new() { Addresses = Addresses(Connections), MaxConnections = Connections });
        HostNode called = world.AddHost(new() { Addresses = [Far], MaxConnections = Connections, MaxHalfOpen = Connections });
        world.Connect(caller, called, new() { Delay = TimeSpan.FromMilliseconds(10) });
        called.Listen(new(Far, 7), static _ => Silent.Instance, new() { Backlog = Connections, SynBacklog = Connections });
        Call(world, caller, Connections);
        Assert.Equal((Connections, Connections), (caller.Host.Established, called.Host.Established));
        AssertCheap(world, before, 2 * Connections);
    }

    private static HostAddress[] Addresses(int connections)
        => [.. Enumerable.Range(0, ((connections - 1) / PortsAnAddress) + 1).Select(static number => HostAddress.V4(0x0a00_0001 + (uint)number))];

    private static void Call(World world, HostNode caller, int connections)
    {
        IReadOnlyList<HostAddress> addresses = caller.Host.Settings.Addresses;
        for (int i = 0; i < connections; i++)
        {
            var local = new Endpoint(addresses[i / PortsAnAddress], (ushort)(10_000 + (i % PortsAnAddress)));
            _ = caller.Connect(new(Far, 7), Silent.Instance, new() { Local = local });
            if (i % 100 == 99)
            {
                world.Run(TimeSpan.FromMilliseconds(1));
            }
        }

        world.Run(TimeSpan.FromSeconds(10));
    }

    private static void AssertCheap(World world, long before, long ends)
    {
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / ends;
        TestContext.Current.TestOutputHelper?.WriteLine($"{ends} ends: {each} octets each");
        Assert.InRange(each, 1, Budget);

        long events = world.Happened;
        world.Run(TimeSpan.FromSeconds(1_000_000));
        Assert.Equal(events, world.Happened);
    }

    private sealed class Silent : IConnectionProgram
    {
        public static readonly Silent Instance = new();

        public void Hear(HostConnection connection, ConnectionEvents happened, Instant now)
        {
        }
    }
}
