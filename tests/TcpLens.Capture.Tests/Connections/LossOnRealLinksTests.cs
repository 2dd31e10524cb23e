using System.Net;
using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Testing;

namespace TcpLens.Capture.Tests;

/// <summary>Real kernels on a link that loses packets, captured beside the sender, and the sender's own counters.</summary>
[Collection(nameof(Alone))]
public sealed class LossOnRealLinksTests : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(10);

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [RootFact]
    public void Every_retransmission_that_the_kernel_counts_is_found_and_no_other()
    {
        using TestNamespace here = new(), there = new();
        using var link = new WeatherLink(here, there);
        EndAccount sender = Captured(here, link, () => Send(here, there, link, new() { Delay = Delay, Loss = 0.03 }));
        Assert.InRange(sender.CountOf(SegmentMarks.Retransmission), 10, long.MaxValue);
        Assert.Equal(KernelCounter.Read(here, "Tcp", "RetransSegs"), sender.CountOf(SegmentMarks.Retransmission));
        Assert.Equal(0, sender.CountOf(SegmentMarks.OutOfOrder));
        Assert.Equal(0, sender.CountOf(SegmentMarks.LostBefore));
    }

    [RootFact]
    public void Near_the_receiver_what_was_lost_on_the_way_comes_later_and_nothing_is_late()
    {
        using TestNamespace here = new(), there = new();
        using var link = new WeatherLink(here, there);
        EndAccount sender = Captured(there, link, () => Send(here, there, link, new() { Delay = Delay, Loss = 0.03 }));
        Assert.InRange(sender.CountOf(SegmentMarks.LostBefore), 10, KernelCounter.Read(here, "Tcp", "RetransSegs"));
        Assert.Equal(0, sender.CountOf(SegmentMarks.OutOfOrder));
    }

    [RootFact]
    public void Near_the_receiver_what_was_overtaken_is_late_and_was_not_lost()
    {
        using TestNamespace here = new(), there = new();
        using var link = new WeatherLink(here, there);
        var weather = new Weather { Delay = Delay, Reorder = 0.02, ReorderBy = TimeSpan.FromMilliseconds(3) };
        EndAccount sender = Captured(there, link, () => Send(here, there, link, weather));
        Assert.InRange(sender.CountOf(SegmentMarks.OutOfOrder), 1, link.Counters(LinkSide.Right).Reordered);
        Assert.Equal(0, sender.CountOf(SegmentMarks.LostBefore));
    }

    [RootFact]
    public void A_probe_and_timeouts_are_as_many_as_the_kernel_counts()
    {
        using TestNamespace here = new(), there = new();
        using var link = new WeatherLink(here, there);
        EndAccount sender = Captured(here, link, () => Send(here, there, link, new() { Delay = Delay }, silences: true));
        Assert.Equal(1, KernelCounter.Read(here, "TcpExt", "TCPLossProbes"));
        Assert.Equal(1, sender.Retransmissions[RetransmissionKind.TailLossProbe]);
        Assert.Equal(1, sender.Retransmissions[RetransmissionKind.Timeout]);
        Assert.Equal(KernelCounter.Read(here, "TcpExt", "TCPTimeouts"), 1 + sender.Retransmissions[RetransmissionKind.BackedOffTimeout]);
        Assert.Equal(KernelCounter.Read(here, "Tcp", "RetransSegs"), sender.CountOf(SegmentMarks.Retransmission));
    }

    private EndAccount Captured(TestNamespace ns, WeatherLink link, Action work)
    {
        link.Set(new Weather { Delay = Delay });
        using (BackgroundProcess.Start(ns, "sh", "-c", $"exec tcpdump -Z root --immediate-mode -U -i {link.Device} -s 128 -w {_file} tcp 2>&1"))
        {
            work();
        }

        return Assert.Single(CaptureAnalysis.Of(File.OpenRead(_file)).Connections).FromOriginator;
    }

    /// <summary>Sends a megabyte and a half through the weather, and closes when all of it has arrived.</summary>
    /// <param name="here">Who sends.</param>
    /// <param name="there">Who receives.</param>
    /// <param name="link">Between the two.</param>
    /// <param name="weather">On the way there.</param>
    /// <param name="silences">True to end with a few segments that nobody hears until their timer has expired twice.</param>
    private static void Send(TestNamespace here, TestNamespace there, WeatherLink link, Weather weather, bool silences = false)
    {
        using Socket listener = there.Run(() => Listen(link.RightAddress));
        using Socket client = here.Run(() => new Socket(SocketType.Stream, ProtocolType.Tcp));
        client.Connect(listener.LocalEndPoint!);
        using Socket server = listener.Accept();
        link.Set(LinkSide.Right, weather);
        Exchange(client, server, 1_500_000);
        if (silences)
        {
            link.Set(LinkSide.Right, Weather.Silence);
            client.Send(new byte[6_000]);
            Until.True(() => KernelCounter.Read(here, "TcpExt", "TCPTimeouts") >= 2, "the timer must expire twice");
            link.Set(LinkSide.Right, weather);
            Exchange(client, server, 0, under: 6_000);
        }

        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, server.Receive(new byte[1]));
        server.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, client.Receive(new byte[1]));
    }

    /// <summary>Sends octets, and waits for one that says that they and those under way have arrived.</summary>
    private static void Exchange(Socket client, Socket server, int octets, int under = 0)
    {
        Task receiving = Task.Run(() =>
        {
            ReceiveAll(server, octets + under);
            server.Send(new byte[1]);
        });
        client.Send(new byte[octets]);
        Assert.True(receiving.Wait(Until.Patience), "everything must arrive");
        Assert.Equal(1, client.Receive(new byte[1]));
    }

    private static void ReceiveAll(Socket socket, int octets)
    {
        byte[] buffer = new byte[65_536];
        while (octets > 0 && socket.Receive(buffer, Math.Min(octets, buffer.Length), SocketFlags.None) is var got and > 0)
        {
            octets -= got;
        }
    }

    private static Socket Listen(IPAddress address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        return listener;
    }
}
