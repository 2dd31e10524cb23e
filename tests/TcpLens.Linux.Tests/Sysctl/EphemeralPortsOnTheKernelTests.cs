using System.Net;
using System.Net.Sockets;
using TcpLens.Linux.Tests.Namespaces;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Sysctl;

/// <summary>Connects until the kernel has no port left, and compares with what was foretold.</summary>
public sealed class EphemeralPortsOnTheKernelTests
{
    [RootTheory]
    [InlineData("40000 40009", "", 10)]
    [InlineData("40000 40010", "", 10)]
    [InlineData("40000 40000", "", 1)]
    [InlineData("40001 40003", "", 2)]
    [InlineData("40000 40009", "40001,40005-40007", 6)]
    [InlineData("40000 40010", "40010", 9)]
    [InlineData("40000 40010", "40000,40010", 9)]
    public void As_many_connections_to_one_destination_can_be_open_as_ports_are_usable(string range, string reserved, int usable)
    {
        using NamedNamespace blue = new();
        Assert.True(new NamespaceFinder().FindAll().TrySelect(blue.Name, out IReadOnlyList<NetworkNamespace> place, out _));

        (EphemeralPorts ports, List<ushort> chosen) = NamespaceScope.Run(place[0], () =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_local_port_range", range);
            File.WriteAllText("/proc/sys/net/ipv4/ip_local_reserved_ports", reserved);
            return (new SettingsReader().Read(DateTimeOffset.UtcNow).EphemeralPorts()!, ConnectUntilRefused());
        });

        // An odd-sized range may give one more, when the hash happens to leave out each end once.
        Assert.InRange(chosen.Count, usable, usable + (ports.Range.Count > 1 ? ports.Range.Count % 2 : 0));
        Assert.Equal(usable, ports.Usable);
        Assert.All(chosen, port => Assert.True(ports.CanChoose(port)));
    }

    private static List<ushort> ConnectUntilRefused()
    {
        using TcpListener listener = new(IPAddress.Loopback, 9000);
        listener.Start(100);
        List<ushort> chosen = [];
        List<Socket> open = [];
        try
        {
            while (chosen.Count < 100)
            {
                Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                open.Add(client);
                client.Connect(IPAddress.Loopback, 9000);
                chosen.Add((ushort)((IPEndPoint)client.LocalEndPoint!).Port);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // The ports are used up, which is what we came for.
        }
        finally
        {
            open.ForEach(static socket => socket.Dispose());
        }

        return chosen;
    }
}
