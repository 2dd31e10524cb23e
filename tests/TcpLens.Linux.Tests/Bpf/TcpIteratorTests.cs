using System.Net;
using System.Net.Sockets;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests;

public sealed class TcpIteratorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [RootFact]
    public void Sockets_of_this_threads_namespace_come_with_state_endpoints_user_and_inode() => OwnThread.InNewNamespace(_ =>
    {
        using Socket listener = TestSockets.Listener();
        using Socket client = TestSockets.ConnectTo(listener);
        using Socket accepted = listener.Accept();
        using Socket listener6 = TestSockets.Listener(IPAddress.IPv6Loopback);
        using Socket client6 = TestSockets.ConnectTo(listener6);   // Nobody accepts it: no inode at the other end.

        List<SocketEntry> entries = ReadAll(StateSet.All);
        Assert.Equal(6, entries.Count);
        AssertSocket(entries, listener, TcpState.Listen, IpFamily.V4);
        AssertSocket(entries, client, TcpState.Established, IpFamily.V4);
        AssertSocket(entries, accepted, TcpState.Established, IpFamily.V4);
        AssertSocket(entries, listener6, TcpState.Listen, IpFamily.V6);
        AssertSocket(entries, client6, TcpState.Established, IpFamily.V6);
        SocketEntry unaccepted = Assert.Single(entries, entry => entry.IsUnaccepted);
        Assert.Equal(Of(client6.LocalEndPoint!), unaccepted.Remote);
    });

    [RootFact]
    public void Time_wait_and_an_orphan_in_fin_wait_2_are_told_apart_and_have_no_owner() => OwnThread.InNewNamespace(_ =>
    {
        using Socket listener = TestSockets.Listener();
        Socket closedFirst = TestSockets.ConnectTo(listener);
        using Socket halfClosed = listener.Accept();
        closedFirst.Close();

        Socket done = TestSockets.ConnectTo(listener);
        Socket doneToo = listener.Accept();
        done.Close();
        Assert.Equal(0, doneToo.Receive(new byte[1]));
        doneToo.Close();

        List<SocketEntry> entries = [];
        Assert.True(SpinWait.SpinUntil(
            () => (entries = ReadAll(StateSet.All)).Exists(entry => entry.State == TcpState.TimeWait)
                && entries.Exists(entry => entry is { State: TcpState.FinWait2, Kind: SocketKind.TimeWait }),
            Patience));
        SocketEntry timeWait = Assert.Single(entries, entry => entry.State == TcpState.TimeWait);
        Assert.Equal((SocketKind.TimeWait, 0u), (timeWait.Kind, timeWait.Inode));
        Assert.Single(entries, entry => entry.State == TcpState.CloseWait && entry.Inode == halfClosed.Inode());

        Assert.Equal([TcpState.FinWait2], ReadAll(StateSet.Of(TcpState.FinWait2)).Select(entry => entry.State));
        Assert.Equal([TcpState.TimeWait], ReadAll(StateSet.Of(TcpState.TimeWait)).Select(entry => entry.State));
        Assert.Equal([TcpState.CloseWait], ReadAll(StateSet.Of(TcpState.CloseWait)).Select(entry => entry.State));
        Assert.Equal([TcpState.Listen], ReadAll(StateSet.Of(TcpState.Listen)).Select(entry => entry.State));
        Assert.Empty(ReadAll(StateSet.None));
    });

    [RootFact]
    public void Without_inodes_they_are_zero() => OwnThread.InNewNamespace(_ =>
    {
        using Socket listener = TestSockets.Listener();
        Assert.Equal(0u, Assert.Single(ReadAll(StateSet.All, withInodes: false)).Inode);
    });

    [RootFact]
    public void More_sockets_than_one_buffer_holds_are_each_told_once() => OwnThread.InNewNamespace(_ =>
    {
        using Socket listener = TestSockets.Listener();
        List<Socket> sockets = [];
        try
        {
            for (int i = 0; i < 2000; i++)
            {
                sockets.Add(TestSockets.ConnectTo(listener));
                sockets.Add(listener.Accept());
            }

            List<SocketEntry> entries = ReadAll(StateSet.Of(TcpState.Established));
            Assert.Equal(sockets.Select(TestSockets.Inode).Order(), entries.Select(entry => entry.Inode).Order());
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    });

    [RootFact]
    public void A_walk_left_in_the_middle_leaves_no_process_behind() => OwnThread.InNewNamespace(_ =>
    {
        using Socket listener = TestSockets.Listener();
        using SocketWalk walk = TcpIterator.TryOpen(StateSet.All, withInodes: true, Patience, out string? _)!;
        Assert.True(walk.Read(out SocketEntry _));
        walk.Dispose();
    });

    [RootFact]
    public void A_socket_whose_lock_is_never_given_back_ends_the_walk_at_the_deadline() => OwnThread.InNewNamespace(_ =>
    {
        using Socket listener = TestSockets.Listener();
        using LockedSocket locked = new(listener);
        using SocketWalk walk = TcpIterator.TryOpen(StateSet.All, withInodes: true, TimeSpan.FromMilliseconds(300), out string? _)!;
        SystemCallException late = Assert.Throws<SystemCallException>(() =>
        {
            while (walk.Read(out SocketEntry _))
            {
            }
        });
        Assert.Equal(Interop.Libc.ETIMEDOUT, late.Errno);
        Assert.Contains("a task may be sleeping with a socket's lock", late.Message);
    });

    private static List<SocketEntry> ReadAll(StateSet states, bool withInodes = true)
    {
        using SocketWalk? walk = TcpIterator.TryOpen(states, withInodes, Patience, out string? whyNot);
        Assert.Null(whyNot);
        List<SocketEntry> entries = [];
        while (walk!.Read(out SocketEntry entry))
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static void AssertSocket(List<SocketEntry> entries, Socket socket, TcpState state, IpFamily family)
    {
        SocketEntry entry = Assert.Single(entries, entry => entry.Inode == socket.Inode());
        Assert.Equal(
            (state, family, SocketKind.Full, Of(socket.LocalEndPoint!), 0u),
            (entry.State, entry.Family, entry.Kind, entry.Local, entry.UserId));
        Assert.Equal(state == TcpState.Listen ? (ushort)0 : Of(socket.RemoteEndPoint!).Port, entry.Remote.Port);
    }

    private static Endpoint Of(EndPoint endPoint) => endPoint is IPEndPoint ip
        ? new Endpoint(HostAddress.From(ip.Address), (ushort)ip.Port)
        : default;
}
