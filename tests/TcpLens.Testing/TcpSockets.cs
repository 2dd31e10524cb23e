using System.Net;
using System.Net.Sockets;
using TcpLens.Protocol;

namespace TcpLens.Testing;

/// <summary>Blocking TCP sockets with everything that decides their state written out, and the state the kernel has them in.</summary>
internal static class TcpSockets
{
    private const int SolTcp = 6;
    private const int TcpInfoOption = 11;

    /// <summary>A socket with a port of the kernel's choice.</summary>
    public static Socket Bound(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    public static Socket Listening(IPAddress address, int backlog = 16)
    {
        Socket socket = Bound(address);
        socket.Listen(backlog);
        return socket;
    }

    /// <summary>Sends the SYN and does not wait for what becomes of it.</summary>
    public static void ConnectInBackground(this Socket socket, EndPoint remote)
    {
        socket.Blocking = false;
        try
        {
            socket.Connect(remote);
        }
        catch (SocketException inProgress) when (inProgress.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
    }

    public static IPEndPoint LocalIP(this Socket socket) => (IPEndPoint)socket.LocalEndPoint!;

    /// <summary>tcpi_state of getsockopt(TCP_INFO): the kernel's word, from another place than the tables under test.</summary>
    public static TcpState State(this Socket socket)
    {
        Span<byte> info = stackalloc byte[8];
        socket.GetRawSocketOption(SolTcp, TcpInfoOption, info);
        return (TcpState)info[0];
    }

    public static void WaitFor(this Socket socket, TcpState state)
        => Until.True(() => socket.State() == state, $"a socket must reach {state} and is in {socket.State()}");
}

/// <summary>Both ends of one connection; <see cref="Client"/> is the one that called connect().</summary>
internal sealed record TcpPair(Socket Client, Socket Server)
{
    public static TcpPair Connect(IPAddress address)
    {
        using Socket listener = TcpSockets.Listening(address);
        Socket client = TcpSockets.Bound(address);
        client.Connect(listener.LocalEndPoint!);
        return new TcpPair(client, listener.Accept());
    }
}
