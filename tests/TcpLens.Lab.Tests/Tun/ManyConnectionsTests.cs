using System.Net.Sockets;
using TcpLens.Protocol;
using TcpLens.Stack;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>Ten thousand connections at once, and nothing of them afterwards.</summary>
public sealed class ManyConnectionsTests
{
    private const int Count = 10_000;

    [RootFact]
    public void Ten_thousand_connections_that_the_kernel_closes_leave_nothing_behind()
    {
        using var stack = new TunStack();
        stack.Place.SetSysctl("net.ipv4.tcp_max_tw_buckets", "100000");
        stack.Driver.Serve(TunStack.Own(TunStack.V4, 5003), ListenOptions.Default, _ => new EchoProgram());
        List<Socket> sockets = Open(stack);
        Assert.Equal((Count, Count), stack.Ask(host => (host.Connections, host.Established)));
        Assert.Equal(Count, KernelCount(stack, "established"));

        sockets.ForEach(socket => socket.Close());
        Until.True(() => stack.Ask(host => host.Connections) == 0, "every connection must be closed at our end");
        Assert.Equal((0, 0, 0), stack.Ask(host => (host.Orphans, host.HalfOpen, host.TimeWaits)));
        Until.True(() => KernelCount(stack, "established") + KernelCount(stack, "closing") + KernelCount(stack, "last-ack") == 0, "none may be left at the kernel's");
        Assert.Equal((Count, 0), stack.Ask(host => (host.Counters[TcpCounter.PassiveOpens], host.Counters[TcpCounter.EstabResets])));
    }

    [RootFact]
    public void Ten_thousand_connections_that_we_close_wait_their_time_and_are_gone()
    {
        var tcp = new TcpSettings { TimeWait = TimeSpan.FromSeconds(2) };
        using var stack = new TunStack(change: settings => settings with { Tcp = tcp });
        var programs = new List<HostConnection>();
        stack.Driver.Serve(TunStack.Own(TunStack.V4, 5003), ListenOptions.Default, connection =>
        {
            programs.Add(connection);
            return new EchoProgram();
        });
        List<Socket> sockets = Open(stack);
        stack.Driver.Ask((_, now) =>
        {
            programs.ForEach(connection => connection.Close(now));
            return true;
        });
        byte[] end = new byte[1];
        Assert.All(sockets, socket => Assert.Equal(0, socket.Receive(end)));
        sockets.ForEach(socket => socket.Close());
        Until.True(() => stack.Ask(host => host.Connections + host.TimeWaits) == 0, "TIME-WAIT must end after its two seconds");
        Assert.Equal(Count, stack.Ask(host => host.Counters[TcpCounter.TW]));
        Assert.Empty(stack.Place.Execute("ss", "-tanH").Lines);
    }

    private static List<Socket> Open(TunStack stack)
    {
        List<Socket> sockets = stack.Place.Run(() => Enumerable.Range(0, Count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList());
        byte[] octet = new byte[1];
        foreach (Socket socket in sockets)
        {
            socket.Connect(TunStack.OwnEndPoint(TunStack.V4, 5003));
            socket.Send(octet);
            Assert.Equal(1, socket.Receive(octet));
        }

        return sockets;
    }

    private static int KernelCount(TunStack stack, string state) => stack.Place.Execute("ss", "-tanH", "state", state).Lines.Length;

    private sealed class EchoProgram : IConnectionProgram
    {
        public void Hear(HostConnection connection, ConnectionEvents happened, Instant now)
        {
            if (connection.Readable > 0)
            {
                connection.Skip(connection.Send(connection.Peek(), now), now);
            }

            if (connection.HasPeerClosed)
            {
                connection.Close(now);
            }
        }
    }
}
