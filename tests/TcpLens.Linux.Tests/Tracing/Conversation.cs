using System.Net;
using System.Net.Sockets;
using TcpLens.Protocol;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>A connection over loopback, in the namespace of the calling thread; whatever is sent is received before the call returns.</summary>
internal sealed class Conversation : IDisposable
{
    private readonly Socket _listener;
    private readonly Socket _client;
    private readonly Socket _server;
    private readonly byte[] _buffer = new byte[64 << 10];

    public Conversation(IPAddress address)
    {
        _listener = TestSockets.Listener(address);
        _client = TestSockets.ConnectTo(_listener);
        _server = _listener.Accept();
        (Client, Server) = (EndOf(_client), EndOf(_server));
    }

    public Endpoint Client { get; }

    public Endpoint Server { get; }

    public void ClientSends(int octets) => Send(_client, _server, octets);

    public void ServerSends(int octets) => Send(_server, _client, octets);

    /// <summary>The client closes first: it goes to TIME_WAIT, and each end reads the other's FIN before it is closed.</summary>
    public void EndByClient()
    {
        _client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, _server.Receive(_buffer));
        _server.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, _client.Receive(_buffer));
        _server.Dispose();
        _client.Dispose();
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _listener.Dispose();
    }

    private void Send(Socket from, Socket to, int octets)
    {
        for (int rest = octets; rest > 0;)
        {
            int part = from.Send(_buffer, Math.Min(rest, _buffer.Length), SocketFlags.None);
            for (int unread = part; unread > 0;)
            {
                unread -= to.Receive(_buffer, Math.Min(unread, _buffer.Length), SocketFlags.None);
            }

            rest -= part;
        }
    }

    private static Endpoint EndOf(Socket socket)
    {
        var end = (IPEndPoint)socket.LocalEndPoint!;
        return new Endpoint(HostAddress.FromNetworkOrder(end.Address.GetAddressBytes()), (ushort)end.Port);
    }
}
