using System.Net;
using System.Net.Sockets;
using TcpLens.Linux.Tests.Namespaces;
using TcpLens.Observation;

namespace TcpLens.Linux.Tests.Counters;

public sealed class CounterReaderTests
{
    [Fact]
    public void This_kernel_has_the_tables_and_they_all_make_sense()
    {
        CounterSet set = new CounterReader().Read();

        Assert.All(
            (string[])["Ip.InReceives", "Tcp.CurrEstab", "TcpExt.ListenDrops", "IpExt.InOctets", "sockstat TCP.mem"],
            name => Assert.NotNull(set[name]));
        Assert.True(set.Names.Length > 200);
        Assert.DoesNotContain(set.Problems, problem => !problem.Contains("IPv6"));
    }

    [RootFact]
    public void A_refused_connection_moves_just_the_counters_it_should()
    {
        using NamedNamespace blue = new();
        Assert.True(new NamespaceFinder().FindAll().TrySelect(blue.Name, out IReadOnlyList<NetworkNamespace> place, out _));

        CounterDifference difference = NamespaceScope.Run(place[0], () =>
        {
            CounterReader reader = new();
            CounterSet before = reader.Read();
            using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            Assert.Throws<SocketException>(() => client.Connect(new IPEndPoint(IPAddress.Loopback, 9)));
            return CounterSet.Difference(reader.Read(), before, TimeSpan.FromSeconds(1));
        });

        Assert.Equal(
            [("Tcp.ActiveOpens", 1L), ("Tcp.AttemptFails", 1L), ("Tcp.OutRsts", 1L)],
            difference.Moved()
                .Where(change => change.Name.Text is "Tcp.ActiveOpens" or "Tcp.PassiveOpens" or "Tcp.AttemptFails" or "Tcp.EstabResets" or "Tcp.OutRsts")
                .Select(change => (change.Name.Text, change.Change!.Value)));
        Assert.Equal(0, difference["TcpExt.ListenDrops"]);
    }

    [Fact]
    public void Files_that_are_not_there_are_said_and_the_others_read()
    {
        using ProcFolder proc = new();
        proc.Write("thread-self/net/snmp", "Tcp: ActiveOpens\nTcp: 5\n");
        proc.Write("thread-self/net/sockstat", "TCP: inuse 1 orphan 0 tw 0 alloc 1 mem 1\n");

        CounterSet set = new CounterReader(proc.Root).Read();

        Assert.Equal(5, set["Tcp.ActiveOpens"]);
        Assert.Equal(1, set["sockstat TCP.inuse"]);
        Assert.Equal(
            ["no netstat: No such file or directory", "no snmp6: IPv6 is switched off", "no sockstat6: IPv6 is switched off"], set.Problems);
    }

    [RootFact]
    public void What_is_lost_outside_of_tcp_is_read_when_asked_for_and_moves()
    {
        using TestNamespace ns = new();
        ns.LoadFirewall("""
            add table inet watch
            add chain inet watch input { type filter hook input priority 0; }
            add rule inet watch input ct state new accept
            """);
        (CounterSet before, CounterSet now) = ns.Run(() =>
        {
            CounterReader reader = new() { WithDrops = true };
            CounterSet first = reader.Read();
            using Socket client = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            client.SendTo([1], new IPEndPoint(IPAddress.Loopback, 9));
            return (first, reader.Read());
        });

        Assert.Equal((0, 1), (before["conntrack.entries"], now["conntrack.entries"]));
        Assert.Equal(1, CounterSet.Difference(now, before, TimeSpan.FromSeconds(1))["conntrack.entries"]);
        Assert.All(
            (string[])["softnet.dropped", "softnet.time_squeezed", "conntrack.drop", "conntrack.early_drop", "conntrack.insert_failed", "conntrack.invalid", "device lo.rx_errors", "device lo.tx_dropped"],
            name => Assert.NotNull(now[name]));
        Assert.True(now["file-nr.allocated"] > 0);
        Assert.Null(ns.Run(() => new CounterReader().Read())["softnet.dropped"]);
    }

    [Fact]
    public void The_cheap_reader_and_the_whole_one_agree()
    {
        CounterSet set = new CounterReader().Read();
        SocketStat stat = new SocketStatReader().Read()!.Value;

        Assert.Equal(
            (set["sockstat TCP.inuse"] is not null, set["sockstat6 TCP6.inuse"] is not null), (stat.InUse >= 0, stat.InUseV6 >= 0));
        using ProcFolder proc = new();
        proc.Write("thread-self/net/sockstat", "sockets: used 9\nTCP: inuse 1 orphan 2 tw 3 alloc 4 mem 5\n");
        Assert.Equal(new SocketStat(1, 3, 2, 4, 5, 0), new SocketStatReader(proc.Root).Read());
        Assert.Null(new SocketStatReader("/nowhere").Read());
    }

    [Fact]
    public void The_cheap_reader_allocates_nothing()
    {
        SocketStatReader reader = new();
        reader.Read();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            reader.Read();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
