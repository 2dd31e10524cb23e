using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

/// <summary>
/// Only a cgroup can be short of socket memory without others suffering: tcp_mem is the whole host's, and its thresholds are held
/// against examinations made by hand.
/// </summary>
public sealed class TcpMemoryPressureTests
{
    [RootFact]
    [Scenario("tcp-memory-pressure", "a container whose socket memory is limited to 512 KiB, and which does not read what arrives", "tcp-memory-pressure", "rcvbuf-pruning")]
    public void A_container_at_its_limit_refuses_segments()
    {
        using TwoHosts hosts = new();
        using SocketMemoryLimit container = new(octets: 512 * 1024);
        container.Add(hosts.Server.Pid);
        IPEndPoint at = hosts.Listen();
        hosts.Server.Set("l", PuppetOption.RcvBuf, 2 * 1024 * 1024);   // The container is full long before any of its sockets is.
        hosts.Client.ConnectMany("c", 20, at);
        hosts.Server.AcceptMany("s", 20, "l");
        hosts.Client.SendUntilFull("c*");
        int round = 0;
        using Meanwhile newcomers = new(() =>
        {
            // Those that came first fall silent as their timeouts grow.
            string name = $"n{++round}-";
            hosts.Client.ConnectMany(name, 4, at);
            hosts.Server.AcceptMany(name, 4, "l");
            hosts.Client.SendUntilFull(name + "*");
            Thread.Sleep(200);
        });

        JsonElement finding = hosts.Here.Diagnose("3s").AsAnnounced().Of("tcp-memory-pressure");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"puppet/{hosts.Server.Pid}");
    }

    [RootFact]
    [Scenario("tcp-memory-pressure", "the same container, while it reads what arrives")]
    public void A_container_that_reads_stays_below_its_limit()
    {
        using TwoHosts hosts = new();
        using SocketMemoryLimit container = new(octets: 4 * 1024 * 1024);
        container.Add(hosts.Server.Pid);
        IPEndPoint at = hosts.Listen();
        hosts.Client.ConnectMany("c", 20, at);
        hosts.Server.AcceptMany("s", 20, "l");
        for (int i = 0; i < 20; i++)
        {
            hosts.Server.Drain($"s{i}");
            hosts.Client.Trickle($"c{i}", 2000, TimeSpan.FromMilliseconds(20));
        }

        hosts.Here.Diagnose("2s").AsAnnounced();
    }
}
