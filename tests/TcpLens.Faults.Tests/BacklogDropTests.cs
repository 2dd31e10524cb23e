using System.Net;
using System.Text.Json;

namespace TcpLens.Faults.Tests;

public sealed class BacklogDropTests
{
    [RootFact]
    [Scenario("backlog-drop", "a task that sleeps with a socket's lock while segments pour in", "backlog-drop")]
    public void Segments_for_a_locked_socket_are_dropped_when_its_backlog_is_full()
    {
        using Stage stage = new();
        using SocketLockHolder locked = new(stage.Namespace);
        using Forger forger = new(stage.Namespace);
        ForgedSegment segment = new(new IPEndPoint(IPAddress.Loopback, locked.RemotePort), new IPEndPoint(IPAddress.Loopback, locked.LocalPort)) { PayloadLength = 1000 };
        using Meanwhile traffic = new(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                forger.Send(segment);
            }
        });
        Until.True(() => KernelCounter.Read(stage.Namespace, "TcpExt", "TCPBacklogDrop") > 0, "the backlog must overflow");

        JsonElement finding = stage.Diagnose("1s").AsAnnounced().Of("backlog-drop");
        Assert.Equal("warning", finding.Text("severity"));
        Assert.Contains(finding.Items("culprits"), culprit => culprit.Text("name") == $"socklock/{locked.Pid}");
    }

    [RootFact]
    [Scenario("backlog-drop", "a task that sleeps with a socket's lock, to which nobody sends")]
    public void A_lock_alone_drops_nothing()
    {
        using Stage stage = new();
        using SocketLockHolder locked = new(stage.Namespace);

        stage.Diagnose("1s").AsAnnounced();
    }
}
