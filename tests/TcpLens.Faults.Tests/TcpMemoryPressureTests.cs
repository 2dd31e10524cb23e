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
    [Scenario("tcp-memory-pressure", "a container whose socket memory is limited to 512 KiB, and which reads too little of what arrives", "tcp-memory-pressure", "rcvbuf-pruning")]
    public void A_container_at_its_limit_refuses_segments()
    {
        using Stage stage = new();
        using SocketMemoryLimit container = new(octets: 512 * 1024);
        using Puppet reader = new(stage.Namespace), writer = new(stage.Namespace);
        container.Add(reader.Pid);
        IPEndPoint at = reader.Listen("l", new IPEndPoint(IPAddress.Loopback, 7000), backlog: 32);
        writer.ConnectMany("w", 20, at);
        reader.AcceptMany("r", 20, "l");
        using Meanwhile traffic = new(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                writer.Try(puppet => puppet.Set($"w{i}", PuppetOption.NoDelay, 1));
                writer.SendUntilFull($"w{i}");
                reader.Try(puppet => puppet.ReceiveNow($"r{i}", 4096));
            }

            Thread.Sleep(20);
        });

        JsonElement finding = stage.Diagnose("3s").AsAnnounced().Of("tcp-memory-pressure");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"puppet/{reader.Pid}");
    }
}
