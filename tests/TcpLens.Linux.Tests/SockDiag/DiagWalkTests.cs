using System.Net;
using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.SockDiag;

public sealed class DiagWalkTests
{
    private const ushort DumpInterrupted = 0x10;

    [Fact]
    public void A_listening_socket_and_both_ends_of_a_connection_are_seen_as_the_kernel_has_them()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(7);
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, port);
        using Socket server = listener.AcceptSocket();
        server.Send(new byte[11]);
        client.Client.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead);

        using SockDiagSocket netlink = SockDiagSocket.Open();
        using var walk = new DiagWalk(netlink, new SocketQuery { Details = SocketDetails.Memory | SocketDetails.CongestionControl });
        List<SocketEntry> mine = [.. DiagMessages.ReadAll(walk).Where(entry => entry.Local.Port == port || entry.Remote.Port == port)];

        Assert.Equal(3, mine.Count);
        SocketEntry listening = Assert.Single(mine, entry => entry.State == TcpState.Listen);
        Assert.Equal((0u, 7u), (listening.ReceiveQueue, listening.SendQueue));
        SocketEntry receiving = Assert.Single(mine, entry => entry.Remote.Port == port);
        Assert.Equal(11u, receiving.ReceiveQueue);
        Assert.Equal(HostAddress.V4(0x7f000001), receiving.Remote.Address);
        Assert.All(mine, entry => Assert.NotEqual((0u, 0ul), (entry.Inode, entry.Cookie)));
        Assert.All(mine, entry => Assert.Equal(SocketKind.Full, entry.Kind));
        Assert.False(walk.WasInterrupted);
        Assert.Equal(0, walk.Unreadable);
    }

    [Fact]
    public void A_kernel_that_refuses_the_request_for_both_families_is_asked_family_by_family()
    {
        using var netlink = new RecordedNetlink(
            [DiagMessages.ErrorMessage(22)],
            [DiagMessages.Entry(TcpState.Listen), DiagMessages.DoneMessage],
            [DiagMessages.Entry(TcpState.Established), DiagMessages.DoneMessage]);
        using var walk = new DiagWalk(netlink, new SocketQuery());

        Assert.Equal([TcpState.Listen, TcpState.Established], DiagMessages.ReadAll(walk).Select(entry => entry.State));
        Assert.Equal(3, netlink.Questions.Count);
    }

    [Fact]
    public void An_interrupted_dump_is_read_and_reported()
    {
        byte[] entry = DiagMessages.Entry(TcpState.Established);
        entry[6] = (byte)DumpInterrupted;
        using var netlink = new RecordedNetlink([entry, DiagMessages.DoneMessage]);
        using var walk = new DiagWalk(netlink, new SocketQuery());

        Assert.Single(DiagMessages.ReadAll(walk));
        Assert.True(walk.WasInterrupted);
    }

    [Fact]
    public void An_error_in_the_middle_keeps_what_came_before_it_and_names_the_errno()
    {
        using var netlink = new RecordedNetlink([DiagMessages.Entry(TcpState.Established), DiagMessages.ErrorMessage(105)]);
        using var walk = new DiagWalk(netlink, new SocketQuery());

        Assert.True(walk.Read(out _));
        var failure = Assert.Throws<SystemCallException>(() => walk.Read(out _));
        Assert.Equal(105, failure.Errno);
    }

    [Fact]
    public void A_datagram_that_does_not_fit_is_an_error_and_not_a_short_list()
    {
        using var netlink = new RecordedNetlink([new byte[100_000]]);
        using var walk = new DiagWalk(netlink, new SocketQuery());

        var failure = Assert.Throws<SystemCallException>(() => walk.Read(out _));
        Assert.Contains("100000", failure.Message);
    }

    [Fact]
    public void A_datagram_cut_at_any_octet_gives_its_whole_entries_and_ends()
    {
        byte[] datagram = [.. DiagMessages.Entry(TcpState.Established), .. DiagMessages.Entry(TcpState.CloseWait), .. DiagMessages.DoneMessage];
        int entryLength = DiagMessages.Entry(TcpState.Established).Length;
        for (int length = 1; length < datagram.Length; length++)
        {
            using var netlink = new RecordedNetlink([datagram[..length]]);
            using var walk = new DiagWalk(netlink, new SocketQuery());

            Assert.Equal(Math.Min(2, length / entryLength), DiagMessages.ReadAll(walk).Count);
        }
    }

    [Fact]
    public void Garbage_is_never_an_exception_from_the_parser()
    {
        var random = new Random(20261121);
        byte[] valid = DiagMessages.Entry(
            TcpState.Established, 1, true, (DiagAttribute.Info, new byte[280]), (DiagAttribute.SocketMemory, new byte[36]), (DiagAttribute.Congestion, "cubic\0"u8.ToArray()));
        for (int round = 0; round < 20_000; round++)
        {
            byte[] spoilt = (byte[])valid.Clone();
            for (int flips = random.Next(1, 12); flips > 0; flips--)
            {
                spoilt[random.Next(spoilt.Length)] = (byte)random.Next(256);
            }

            using var netlink = new RecordedNetlink([spoilt]);
            using var walk = new DiagWalk(netlink, new SocketQuery { Details = SocketDetails.Info | SocketDetails.Memory });
            try
            {
                DiagMessages.ReadAll(walk);
            }
            catch (SystemCallException)
            {
                // A spoilt type can turn the message into an error of the kernel, which is reported as one.
            }
        }
    }
}
