using System.Globalization;
using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>Very many connections that say nothing: what each of their ends costs, and that all of them still work.</summary>
public sealed class PopulationTests
{
    /// <summary>In the environment; bench/simulation takes a million.</summary>
    private const string Variable = "TCPLENS_POPULATION";

    private const int PortsAnAddress = 20_000;

    /// <summary>Octets for one end of an idle connection, the program's own included.</summary>
    private const int Budget = 1536;

    [Fact]
    public void An_idle_end_costs_no_more_than_its_budget_and_wakes_nobody()
    {
        int connections = int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : 10_000;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var world = new World(1);
        int addresses = ((connections - 1) / PortsAnAddress) + 1;
        HostAddress[] near = [.. Enumerable.Range(0, addresses).Select(static number => HostAddress.V4(0x0a00_0001 + (uint)number))];
        HostAddress far = HostAddress.V4(0x0a01_0001);
        HostNode caller = world.AddHost(new() { Addresses = near, MaxConnections = connections });
        HostNode called = world.AddHost(new() { Addresses = [far], MaxConnections = connections, MaxHalfOpen = connections });
        world.Connect(caller, called, new() { Delay = TimeSpan.FromMilliseconds(10) });
        var silent = new Silent();
        called.Listen(new(far, 7), _ => silent, new() { Backlog = connections, SynBacklog = connections });
        for (int i = 0; i < connections; i++)
        {
            _ = caller.Connect(new(far, 7), silent, new() { Local = new(near[i / PortsAnAddress], (ushort)(10_000 + (i % PortsAnAddress))) });
            if (i % 100 == 99)
            {
                world.Run(TimeSpan.FromMilliseconds(1));
            }
        }

        world.Run(TimeSpan.FromSeconds(10));
        Assert.Equal((connections, connections), (caller.Host.Established, called.Host.Established));
        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / (2L * connections);
        TestContext.Current.TestOutputHelper?.WriteLine($"{connections} connections: {each} octets an end, {world.Happened} events");
        Assert.InRange(each, 1, Budget);

        long events = world.Happened;
        world.Run(TimeSpan.FromSeconds(1_000_000));
        Assert.Equal(events, world.Happened);
        GC.KeepAlive(world);
    }

    private sealed class Silent : IWorldProgram
    {
        public void OnEvent(HostConnection connection, ConnectionEvents happened, Instant now)
        {
        }
    }
}
