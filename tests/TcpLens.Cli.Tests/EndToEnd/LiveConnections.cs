using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>A listener on 127.0.0.1 and accepted connections to it, all held by the test, in a namespace.</summary>
internal sealed class LiveConnections : IDisposable
{
    public LiveConnections(TestNamespace ns, int count) => ns.Run(() =>
    {
        Listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Listener.Listen(count);
        for (int i = 0; i < count; i++)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(Listener.LocalEndPoint!);
            Clients.Add(client);
            Servers.Add(Listener.Accept());
        }
    });

    public Socket Listener { get; private set; } = null!;

    public List<Socket> Clients { get; } = [];

    public List<Socket> Servers { get; } = [];

    /// <summary>Port of the listener, as a command line has it.</summary>
    public string Port => Text(((IPEndPoint)Listener.LocalEndPoint!).Port);

    public static string PortOf(Socket socket) => Text(((IPEndPoint)socket.LocalEndPoint!).Port);

    /// <summary>What reading says now: null for data or the end of the stream.</summary>
    public static SocketError? ErrorOf(Socket socket)
    {
        try
        {
            socket.ReceiveTimeout = 10_000;
            socket.Receive(new byte[1]);
            return null;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
    }

    /// <summary>Fails when an octet does not get from one end to the other.</summary>
    public void AssertAlive(int index)
    {
        Clients[index].Send("x"u8);
        Assert.Null(ErrorOf(Servers[index]));
    }

    public void Dispose()
    {
        foreach (Socket socket in (IEnumerable<Socket>)[Listener, .. Clients, .. Servers])
        {
            socket.Dispose();
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
