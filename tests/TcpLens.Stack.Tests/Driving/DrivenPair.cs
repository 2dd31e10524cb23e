using System.Net;
using TcpLens.Protocol;
using TcpLens.Simulation;

namespace TcpLens.Stack.Tests;

/// <summary>Two hosts in one process, each with a driver on a thread of its own, and a pipe between them.</summary>
internal sealed class DrivenPair : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Thread> _threads = [];
    private readonly IPacketDevice _first;
    private readonly IPacketDevice _second;

    public DrivenPair(bool inline = false)
    {
        (_first, _second) = PacketPipe.Create();
        Client = Drive(_first, Address(1), inline);
        Server = Drive(_second, Address(2), inline);
    }

    public StackDriver Client { get; }

    public StackDriver Server { get; }

    public static Endpoint ServerAt(int port) => new(Address(2), (ushort)port);

    public async Task<(TcpLensStream Client, TcpLensStream Server)> Connect()
    {
        using TcpLensListener listener = TcpLensListener.Open(Server, ServerAt(0));
        ValueTask<TcpLensStream> accepting = listener.AcceptAsync();
        TcpLensStream client = await TcpLensClient.ConnectAsync(Client, listener.Local);
        return (client, await accepting);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _threads.ForEach(thread => thread.Join());
        _first.Dispose();
        _second.Dispose();
        _stop.Dispose();
    }

    private static HostAddress Address(int last) => HostAddress.From(IPAddress.Parse($"192.0.2.{last}"));

    private StackDriver Drive(IPacketDevice device, HostAddress address, bool inline)
    {
        var host = new TcpHost(new() { Addresses = [address] }, new byte[16]);
        var driver = new StackDriver(host, device, TimeProvider.System) { ContinuesInline = inline };
        var thread = new Thread(() => driver.Run(_stop.Token)) { IsBackground = true };
        thread.Start();
        _threads.Add(thread);
        return driver;
    }
}
