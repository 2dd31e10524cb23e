using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TcpLens.Linux.Tests.Filtering;

/// <summary>Real sockets of many kinds in a network namespace of their own, which lives as long as the thread that runs in it.</summary>
internal sealed class SocketZoo : IDisposable
{
    private const int SolSocket = 1, SoBindToDevice = 25, SoMark = 36, TcpLevel = 6, TcpDeferAccept = 9;

    private readonly List<Socket> _sockets = [];

    public static readonly ushort[] Ports = [22, 80, 443, 8080];

    /// <summary>Runs on a thread in a new network namespace with its loopback up; a failure there is a failure here.</summary>
    public static void RunInNamespace(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                // A namespace's children get a hash table of their own (Linux 6.1): the walk is short however busy the machine is.
                EnterNewNamespace();
                File.WriteAllText("/proc/sys/net/ipv4/tcp_child_ehash_entries", "1024");
                EnterNewNamespace();
                using Process ip = Process.Start("ip", ["link", "set", "lo", "up"]);
                ip.WaitForExit();
                action();
            }
            catch (Exception caught)
            {
                failure = caught;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException("in the namespace: " + failure.Message, failure);
        }
    }

    private static void EnterNewNamespace()
    {
        if (unshare(0x40000000) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "unshare(CLONE_NEWNET)");
        }
    }

    /// <summary>Capabilities belong to a thread, and this one ends with the test.</summary>
    public static void DropAllCapabilities()
    {
        int[] header = [0x20080522, 0];
        Assert.Equal(0, capset(header, new int[6]));
    }

    public void Fill()
    {
        Socket four = Listen(IPAddress.Loopback, Ports[0]);
        Socket anyFour = Listen(IPAddress.Any, Ports[1]);
        Socket six = Listen(IPAddress.IPv6Loopback, Ports[0]);
        Socket dual = Listen(IPAddress.IPv6Any, Ports[2]);

        for (int i = 1; i <= 3; i++)
        {
            IPAddress from = IPAddress.Parse($"127.0.0.{i}");
            Join(four, Connect(from, 0, IPAddress.Loopback, Ports[0]));
            Join(anyFour, Connect(from, (ushort)(1000 + i), IPAddress.Parse("127.0.0.2"), Ports[1]));

            // IPv4 that arrives at an IPv6 socket, from an IPv4 one and from an IPv6 one.
            Join(dual, Connect(from, 0, IPAddress.Loopback, Ports[2]));
            Join(dual, Connect(from.MapToIPv6(), 0, IPAddress.Loopback.MapToIPv6(), Ports[2]));
            Join(six, Connect(IPAddress.IPv6Loopback, 0, IPAddress.IPv6Loopback, Ports[0]));
        }

        (Socket client, _) = Join(dual, Connect(IPAddress.IPv6Loopback, 0, IPAddress.IPv6Loopback, Ports[2]));
        client.Shutdown(SocketShutdown.Send);
        foreach (Socket listener in (Socket[])[four, six])
        {
            IPAddress address = ((IPEndPoint)listener.LocalEndPoint!).Address;
            (Socket first, Socket second) = Join(listener, Connect(address, 0, address, Ports[0]));
            CloseBoth(first, second);
        }

        HalfOpen();
        MarkedAndBound(four);
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    /// <summary>The first to close goes to TIME_WAIT, once it has seen the other's FIN.</summary>
    private static void CloseBoth(Socket first, Socket second)
    {
        first.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, second.Receive(new byte[1]));
        second.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, first.Receive(new byte[1]));
        first.Dispose();
        second.Dispose();
    }

    /// <summary>A listener that waits for data keeps a request socket; one whose accept queue is full keeps clients in SYN_SENT.</summary>
    private void HalfOpen()
    {
        Socket deferring = Listen(IPAddress.Loopback, 8081);
        deferring.SetRawSocketOption(TcpLevel, TcpDeferAccept, BitConverter.GetBytes(60));
        Connect(IPAddress.Loopback, 0, IPAddress.Loopback, 8081);

        Listen(IPAddress.IPv6Loopback, Ports[3], backlog: 0);
        Connect(IPAddress.IPv6Loopback, 0, IPAddress.IPv6Loopback, Ports[3]);
        for (int i = 0; i < 2; i++)
        {
            Socket waiting = New(IPAddress.IPv6Loopback);
            waiting.Blocking = false;
            Assert.Throws<SocketException>(() => waiting.Connect(IPAddress.IPv6Loopback, Ports[3]));
        }
    }

    private void MarkedAndBound(Socket listener)
    {
        for (int mark = 4; mark <= 6; mark++)
        {
            Socket client = New(IPAddress.Loopback);
            client.SetRawSocketOption(SolSocket, SoMark, BitConverter.GetBytes(mark));
            client.SetRawSocketOption(SolSocket, SoBindToDevice, "lo\0"u8);
            client.Connect(IPAddress.Loopback, Ports[0]);
            Join(listener, client);
        }
    }

    private Socket New(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }

        return socket;
    }

    private Socket Listen(IPAddress address, ushort port, int backlog = 128)
    {
        Socket socket = New(address);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(backlog);
        return socket;
    }

    private Socket Connect(IPAddress from, ushort fromPort, IPAddress to, ushort port)
    {
        Socket socket = New(from);
        socket.Bind(new IPEndPoint(from, fromPort));
        socket.Connect(new IPEndPoint(to, port));
        return socket;
    }

    private (Socket Client, Socket Server) Join(Socket listener, Socket client)
    {
        Socket server = listener.Accept();
        _sockets.Add(server);
        return (client, server);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int unshare(int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int capset(int[] header, int[] data);
}
