using System.Net;
using System.Net.Sockets;

namespace TcpLens.Linux.Tests;

/// <summary>Real sockets for tests, on loopback and on ports the kernel chooses.</summary>
internal static class TestSockets
{
    public static Socket Listener(IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen();
        return socket;
    }

    public static Socket ConnectTo(Socket listener)
    {
        Socket socket = new(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndPoint!);
        return socket;
    }

    public static int Descriptor(this Socket socket) => (int)socket.Handle;

    public static uint Inode(this Socket socket)
        => ProcFs.SocketInode(System.Text.Encoding.ASCII.GetBytes(new FileInfo($"/proc/self/fd/{socket.Handle}").LinkTarget!))!.Value;
}
