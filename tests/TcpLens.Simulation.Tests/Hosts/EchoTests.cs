using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>The program of docs/simulation.md, as it stands there.</summary>
public sealed class EchoTests
{
    [Fact]
    public void What_is_sent_to_the_echo_comes_back()
    {
        var world = new World(7);
        HostNode near = world.AddHost(new() { Addresses = [Pair.NearAddress] });
        HostNode far = world.AddHost(new() { Addresses = [Pair.FarAddress], Tcp = TcpSettings.Default with { ReceiveBuffer = 64_000 } });
        world.Connect(near, far, new Weather { Delay = TimeSpan.FromMilliseconds(20), Loss = 0.01, BitsPerSecond = 10_000_000 });
        var stream = new OctetPattern(5);
        var client = new RandomProgram(world, Pair.Sends(300_000), outgoing: stream, incoming: stream);
        far.Listen(Pair.FarEnd, _ => new Echo());
        near.Connect(Pair.FarEnd, client);

        Assert.True(world.RunUntil(() => client.IsDone, TimeSpan.FromHours(1)));
        Assert.Equal((null, 300_000), (client.Complaint, client.Received));
        world.Run(TimeSpan.FromSeconds(10));   // The last ACK is on its way.
        Assert.Equal((0, 0), (near.Host.Connections, far.Host.Connections));
    }

    private sealed class Echo : IConnectionProgram
    {
        public void Hear(HostConnection connection, ConnectionEvents happened, Instant now)
        {
            while (connection.Readable > 0 && connection.Writable > 0)
            {
                ReadOnlySpan<byte> there = connection.Peek();
                connection.Skip(connection.Send(there[..Math.Min(there.Length, connection.Writable)], now), now);
            }

            if (connection.HasPeerClosed && connection.State != TcpState.Closed)
            {
                connection.Close(now);
            }
        }
    }
}
