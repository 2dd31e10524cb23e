using TcpLens.Diagnosis.Tests.Conditions;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Diagnosis.Tests.Ports;

/// <summary>What the live tests of port conflicts cannot vary: who began a connection, and which addresses meet.</summary>
public sealed class PortInquiryTests
{
    [Theory]
    [InlineData("10.0.0.1:8080", "10.0.0.2:45000", "accepted")]     // theirs is a port that clients get
    [InlineData("10.0.0.1:45000", "10.0.0.2:443", "outgoing")]
    [InlineData("10.0.0.1:45000", "10.0.0.2:46000", "outgoing")]    // either may have begun: the graver answer
    public void Without_a_listener_the_ports_tell_who_began(string local, string remote, string expected)
    {
        PortAnswer answer = Ask(Made.End(local).Port, Made.Socket(TcpState.TimeWait, local, remote));

        Assert.Equal(expected, Assert.Single(answer.Obstacles).Kind.ToString().ToLowerInvariant());
    }

    [Fact]
    public void A_port_that_both_ends_have_is_a_connection_to_itself()
        => Assert.Contains("a connection to itself", Ask(45000, Made.Socket(TcpState.Established, "127.0.0.1:45000", "127.0.0.1:45000", Made.Java)).Summary, StringComparison.Ordinal);

    [Fact]
    public void Thousands_of_connections_are_one_obstacle()
    {
        PortObstacle left = Assert.Single(Ask(8080, [.. Enumerable.Range(0, 3000).Select(static i => Made.Socket(TcpState.TimeWait, "10.0.0.1:8080", $"10.0.0.2:{40000 + i}"))]).Obstacles);

        Assert.Equal((3000, ReuseAddressHelps.IfBothHaveIt), (left.Sockets, left.ReuseAddress));
        Assert.Contains("3,000 TIME_WAIT", left.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_IPv6_only_wildcard_leaves_IPv4_alone()
    {
        SocketRecord listener = Made.Socket(TcpState.Listen, "[::]:8080", null, Made.Java);
        SocketRecord only = listener with { Entry = listener.Entry with { IsV6Only = true } };

        Assert.Equal("every address, of IPv4 too", Assert.Single(Ask(8080, listener).Obstacles).Blocks);
        Assert.Equal("every IPv6 address", Assert.Single(Ask(8080, only).Obstacles).Blocks);
    }

    [Fact]
    public void A_bound_socket_beside_a_listener_on_another_address_can_listen()
        => Assert.DoesNotContain(
            Ask(8080, Made.Socket(TcpState.Listen, "10.0.0.1:8080", null, Made.Java), Made.Socket(TcpState.Closed, "10.0.0.2:8080", null, Made.Nginx)).Obstacles,
            static obstacle => obstacle.Kind == PortObstacleKind.SecondListen);

    [Fact]
    public void A_reserved_port_is_said_to_be_safe_from_clients()
        => Assert.Contains("connect() never chooses it", Assert.Single(Ask(50000).Notes, static note => note.Contains("reserved", StringComparison.Ordinal)), StringComparison.Ordinal);

    private static PortAnswer Ask(ushort port, params SocketRecord[] sockets)
    {
        SocketTable table = new();
        foreach (SocketRecord socket in sockets)
        {
            table.Add(in socket);
        }

        return PortInquiry.Ask(port, table, new HostSettings(
        [
            KeyValuePair.Create("net.ipv4.ip_local_port_range", "32768\t60999"),
            KeyValuePair.Create("net.ipv4.ip_local_reserved_ports", "50000"),
            KeyValuePair.Create("net.ipv4.ip_unprivileged_port_start", "1024"),
        ]));
    }
}
