using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation.Tests;

/// <summary>Two drivers with threads and a clock of their own, and nothing of the operating system between them.</summary>
public sealed class PacketPipeTests
{
    [Fact]
    public async Task Streams_of_two_drivers_meet_through_a_pipe_with_weather()
    {
        (IPacketDevice first, IPacketDevice second) = PacketPipe.Create();
        var weather = new Weather { Delay = TimeSpan.FromMilliseconds(1), Loss = 0.01, Reordering = 0.05, Duplication = 0.01 };
        await using var near = new Driven(Pair.NearAddress, new WeatherDevice(first, weather, weather, seed: 7, TimeProvider.System));
        await using var far = new Driven(Pair.FarAddress, second);
        using TcpLensListener listener = TcpLensListener.Open(far.Driver, Pair.FarEnd);
        Task<byte[]> echoing = EchoAsync(listener);
        await using TcpLensStream stream = await TcpLensClient.ConnectAsync(near.Driver, Pair.FarEnd, cancellationToken: TestContext.Current.CancellationToken);

        byte[] sent = new byte[300_000];
        new OctetPattern(3).Fill(sent, 0);
        await stream.WriteAsync(sent, TestContext.Current.CancellationToken);
        stream.CloseSending();
        using var heard = new MemoryStream();
        await stream.CopyToAsync(heard, TestContext.Current.CancellationToken);

        Assert.Equal(sent, await echoing);
        Assert.Equal(sent, heard.ToArray());
    }

    [Fact]
    public void A_full_pipe_loses_what_comes_and_an_end_can_be_woken()
    {
        (IPacketDevice first, IPacketDevice second) = PacketPipe.Create(mtu: 100);
        byte[] packet = new byte[100];
        int taken = Enumerable.Range(0, PacketPipe.Capacity + 10).Count(_ => first.TryWrite(packet, default));
        Assert.Equal(PacketPipe.Capacity, taken);
        Assert.False(second.TryWrite(new byte[101], default));

        byte[] room = new byte[100];
        Assert.Equal(PacketPipe.Capacity, Enumerable.Range(0, PacketPipe.Capacity + 10).Count(at => second.TryRead(room, out int _, out PacketOffload _)));
        second.Wake();
        second.Wait(Timeout.InfiniteTimeSpan);   // Returns, because of the call before it.
        first.Dispose();
        second.Dispose();
    }

    private static async Task<byte[]> EchoAsync(TcpLensListener listener)
    {
        await using TcpLensStream accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        using var heard = new MemoryStream();
        await accepted.CopyToAsync(heard, TestContext.Current.CancellationToken);
        byte[] all = heard.ToArray();
        await accepted.WriteAsync(all, TestContext.Current.CancellationToken);
        return all;
    }

    private sealed class Driven : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly IPacketDevice _device;
        private readonly Task _running;

        public Driven(HostAddress address, IPacketDevice device)
        {
            _device = device;
            Driver = new(new(new() { Addresses = [address] }, "0123456789abcdef"u8), device, TimeProvider.System);
            _running = Task.Factory.StartNew(() => Driver.Run(_stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        public StackDriver Driver { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _device.Dispose();
            _stop.Dispose();
        }
    }
}
