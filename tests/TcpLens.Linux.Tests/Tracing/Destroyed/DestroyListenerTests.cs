using System.Net;
using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>Each in a namespace of its own: there nobody else's sockets end.</summary>
public sealed class DestroyListenerTests
{
    private const int Roomy = 1 << 20;

    [RootTheory]
    [InlineData("127.0.0.1", IpFamily.V4)]
    [InlineData("::1", IpFamily.V6)]
    public void Every_socket_that_ends_is_told_once_the_listener_too(string address, IpFamily family) => OwnThread.InNewNamespace(ns =>
    {
        using DestroyListener ends = DestroyListener.Open(ns, Roomy);
        using Socket listener = TestSockets.Listener(IPAddress.Parse(address));
        using Socket client = TestSockets.ConnectTo(listener);
        using Socket server = listener.Accept();
        (ushort from, ushort to) = (Port(client), Port(listener));

        client.Dispose();
        server.Dispose();
        listener.Dispose();

        List<SocketEntry> told = ReadUntil(ends, 3);
        Assert.Equal(
            [(from, to), (to, from), (to, (ushort)0)],
            told.Select(entry => (entry.Local.Port, entry.Remote.Port)).OrderByDescending(ports => ports == (from, to)).ThenByDescending(ports => ports.Item2));
        Assert.All(told, entry => Assert.Equal((TcpState.Closed, family, ns, 0u), (entry.State, entry.Family, entry.Namespace, entry.Inode)));
        Assert.All(told, entry => Assert.Equal(address, entry.Local.Address.ToString()));
        Assert.Equal(0ul, ends.Lost);
    });

    [RootFact]
    public void What_found_no_room_is_counted_to_the_last_one() => OwnThread.InNewNamespace(ns =>
    {
        const int connections = 100;
        using DestroyListener ends = DestroyListener.Open(ns, bufferLength: 4096);
        using Socket listener = TestSockets.Listener();
        for (int i = 0; i < connections; i++)
        {
            using Socket client = TestSockets.ConnectTo(listener);
            using Socket server = listener.Accept();
        }

        Until.True(() => ends.Lost > 0, "a buffer of 4 KiB cannot hold 200 notices");
        int read = 0;
        Until.True(
            () =>
            {
                read += ReadAll(ends);
                return read + (int)ends.Lost >= 2 * connections;
            },
            "every end must be read or lost");

        Assert.Equal(2 * connections, read + (int)ends.Lost);
    });

    [RootFact]
    public void After_a_loss_it_goes_on() => OwnThread.InNewNamespace(ns =>
    {
        using DestroyListener ends = DestroyListener.Open(ns, bufferLength: 4096);
        using Socket listener = TestSockets.Listener();
        while (ends.Lost == 0)
        {
            TestSockets.ConnectTo(listener).Dispose();
            listener.Accept().Dispose();
        }

        ReadAll(ends);
        using Socket last = TestSockets.ConnectTo(listener);
        ushort port = Port(last);
        listener.Accept().Dispose();
        last.Dispose();

        bool isTold = false;
        Until.True(
            () =>
            {
                while (ends.Read(out SocketEntry entry))
                {
                    isTold |= entry.Local.Port == port;
                }

                return isTold;
            },
            "the end after the loss must be told");
    });

    [RootFact]
    public void Nothing_is_allocated_for_a_notice() => OwnThread.InNewNamespace(ns =>
    {
        const int connections = 300;
        using DestroyListener ends = DestroyListener.Open(ns, Roomy);
        using Socket listener = TestSockets.Listener();
        for (int i = 0; i < connections; i++)
        {
            using Socket client = TestSockets.ConnectTo(listener);
            using Socket server = listener.Accept();
        }

        ReadUntil(ends, 2);
        int read = 2;
        long allocated = 0;
        Until.True(
            () =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                read += ReadAll(ends);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                return read == 2 * connections;
            },
            "every end must be told");

        Assert.Equal(0, allocated);
    });

    [RootFact]
    public void Nobody_hears_as_much_as_root_does() => OwnThread.InNewNamespace(ns => OwnThread.AsNobody(() =>
    {
        using DestroyListener ends = DestroyListener.Open(ns, Roomy);
        using Socket listener = TestSockets.Listener();
        using Socket client = TestSockets.ConnectTo(listener);
        using Socket server = listener.Accept();

        client.Dispose();
        server.Dispose();

        Assert.Equal(2, ReadUntil(ends, 2).Count);
        Assert.NotNull(ends.Info);
    }));

    [RootFact]
    public void A_message_that_is_not_the_kernels_is_no_end_of_a_socket() => OwnThread.InNewNamespace(ns =>
    {
        using DestroyListener ends = DestroyListener.Open(ns, Roomy);
        using SockDiagSocket forger = SockDiagSocket.Open(ns);
        byte[] forged = SockDiag.DiagMessages.Entry(TcpState.Closed);

        Assert.Equal(forged.Length, NetlinkForgery.SendToGroup(forger, forged));

        Assert.False(ends.Read(out _));
        Assert.Equal(1ul, ends.Lost);
    });

    private static ushort Port(Socket socket) => (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;

    private static int ReadAll(DestroyListener ends)
    {
        int read = 0;
        while (ends.Read(out _))
        {
            read++;
        }

        return read;
    }

    private static List<SocketEntry> ReadUntil(DestroyListener ends, int count)
    {
        List<SocketEntry> told = [];
        Until.True(
            () =>
            {
                while (told.Count < count && ends.Read(out SocketEntry entry))
                {
                    told.Add(entry);
                }

                return told.Count == count;
            },
            $"{count} sockets must end, and {told.Count} have been told");
        return told;
    }
}
