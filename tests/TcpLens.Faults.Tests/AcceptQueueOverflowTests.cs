using System.Net;
using System.Net.Sockets;

namespace TcpLens.Faults.Tests;

public sealed class AcceptQueueOverflowTests
{
    [RootFact]
    [Scenario("accept-queue-overflow", "a listener with a queue of one that nobody accepts from", "accept-queue-overflow")]
    public void A_listener_nobody_accepts_from_overflows()
    {
        using Stage stage = new();
        using Socket listener = stage.Namespace.Run(static () => new Socket(SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 7000));
        listener.Listen(1);
        List<Socket> clients = [];
        for (int i = 0; i < 6; i++)
        {
            Socket client = stage.Namespace.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
            clients.Add(client);
            try
            {
                client.Connect(IPAddress.Loopback, 7000);
            }
            catch (SocketException) when (!client.Blocking)
            {
                // Goes on in the background.
            }
        }

        Diagnosed found = stage.Diagnose("2s").AsAnnounced();
        Assert.Equal("critical", found.Of("accept-queue-overflow").Text("severity"));
        clients.ForEach(static client => client.Dispose());
    }
}
