using TcpLens.Protocol;

namespace TcpLens.Observation.Tests.Machine;

public sealed class PortUseTests
{
    private static readonly HostAddress Here = HostAddress.V4(0x0a000001);
    private static readonly Endpoint Database = new(HostAddress.V4(0x0a000002), 5432);
    private static readonly Endpoint Cache = new(HostAddress.V4(0x0a000003), 6379);

    private readonly PortUseTable _table = new(EphemeralPorts.Parse("40000 40099", "40050")!);

    [Fact]
    public void Ports_are_counted_by_source_and_destination_in_every_state()
    {
        Add(40000, Database, TcpState.Established);
        Add(40001, Database, TcpState.TimeWait);
        Add(40002, Database, TcpState.SynSent);
        Add(40000, Cache, TcpState.CloseWait);

        Assert.Equal([new PortUse(Here, Database, 0, 3), new PortUse(Here, Cache, 0, 1)], _table.Busiest(9));
        Assert.Equal([new PortUse(Here, Database, 0, 3)], _table.Busiest(1));
    }

    [Theory]
    [InlineData(39999)]
    [InlineData(40100)]
    [InlineData(40050)]
    public void A_port_that_connect_could_not_choose_is_not_use(int port)
    {
        Add((ushort)port, Database, TcpState.Established);

        Assert.Empty(_table.Busiest(9));
    }

    [Fact]
    public void A_listener_inside_the_range_takes_its_port_away_and_its_connections_are_not_use()
    {
        Add(40007, default, TcpState.Listen);
        Add(40007, default, TcpState.Listen);
        Add(40007, Database, TcpState.Established);

        Assert.Equal(98, _table.Usable);
        Assert.Empty(_table.Busiest(9));
    }

    [Fact]
    public void A_socket_that_is_bound_and_nothing_more_takes_its_port_from_every_destination()
    {
        Add(40008, default, TcpState.Closed);
        Add(40009, Database, TcpState.Established);

        Assert.Equal(98, _table.Usable);
        Assert.Equal(1, Assert.Single(_table.Busiest(9)).Used);
    }

    [Fact]
    public void Namespaces_have_ports_of_their_own()
    {
        Add(40000, Database, TcpState.Established, @namespace: 1);
        Add(40000, Database, TcpState.Established, @namespace: 2);

        Assert.Equal([1, 1], _table.Busiest(9).Select(use => use.Used));
    }

    [Fact]
    public void Destinations_beyond_the_limit_are_counted_as_such()
    {
        for (int i = 0; i <= PortUseTable.DestinationsMax; i++)
        {
            Add(40000, new Endpoint(HostAddress.V4((uint)i), 80), TcpState.Established);
        }

        Assert.Equal(1, _table.Uncounted);
    }

    private void Add(ushort port, Endpoint remote, TcpState state, uint @namespace = 0) => _table.Add(new SocketEntry
    {
        State = state,
        Family = IpFamily.V4,
        Local = new Endpoint(Here, port),
        Remote = remote,
        Namespace = @namespace,
    });
}
