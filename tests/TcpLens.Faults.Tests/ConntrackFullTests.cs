using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

/// <summary>
/// The limit is the host's and may not be touched, but each namespace counts its entries for itself: filling one hurts nobody else.
/// </summary>
public sealed class ConntrackFullTests
{
    [RootFact]
    [Scenario("conntrack-full", "more flows through a tracking firewall than its table has room for", "conntrack-full")]
    public void A_full_table_is_critical()
    {
        using Stage stage = new();
        Track(stage.Namespace);
        int max = int.Parse(File.ReadAllText("/proc/sys/net/netfilter/nf_conntrack_max"), CultureInfo.InvariantCulture);
        stage.Namespace.Run(() => SendFlows(max));
        Until.True(() => Entries(stage.Namespace) >= max, "the table must be full");

        JsonElement finding = stage.Diagnose("1s").AsAnnounced().Of("conntrack-full");
        Assert.Equal("critical", finding.Text("severity"));
    }

    [RootFact]
    [Scenario("conntrack-full", "a tracking firewall with a few thousand flows")]
    public void A_table_with_room_is_not()
    {
        using Stage stage = new();
        Track(stage.Namespace);
        stage.Namespace.Run(static () => SendFlows(5000));
        Until.True(() => Entries(stage.Namespace) >= 5000, "the flows must be tracked");

        stage.Diagnose("1s").AsAnnounced();
    }

    private static void Track(TestNamespace place) => place.LoadFirewall("""
        add table inet track
        add chain inet track output { type filter hook output priority 0; }
        add rule inet track output ct state new accept
        add chain inet track input { type filter hook input priority 0; }
        add rule inet track input udp dport >= 1 drop
        """);

    /// <summary>One datagram each, to another port or address each time.</summary>
    private static void SendFlows(int count)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int address = 0; count > 0; address++)
        {
            IPAddress host = new([127, 1, 0, (byte)address]);
            for (int port = 1; port <= ushort.MaxValue && count > 0; port++, count--)
            {
                socket.SendTo([0], new IPEndPoint(host, port));
            }
        }
    }

    private static int Entries(TestNamespace place)
        => place.Run(static () => int.Parse(File.ReadAllText("/proc/sys/net/netfilter/nf_conntrack_count"), CultureInfo.InvariantCulture));
}
