using System.Net.Sockets;
using System.Security.Cryptography;
using TcpLens.Protocol;
using TcpLens.Stack;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>Streams of our stack and sockets of the kernel, in both roles.</summary>
public sealed class StreamTests
{
    public static TheoryData<bool, bool> FamiliesAndOffloads => new() { { TunStack.V4, true }, { TunStack.V4, false }, { TunStack.V6, true }, { TunStack.V6, false } };

    [RootTheory]
    [MemberData(nameof(FamiliesAndOffloads))]
    public async Task A_client_of_the_kernel_gets_back_what_it_sent_to_our_server(bool v6, bool offloads)
    {
        using var stack = new TunStack(offloads);
        using Pair pair = await Pair.Accepted(stack, v6);
        byte[] sent = RandomNumberGenerator.GetBytes(5_000_000);
        Task echo = Echo(pair.Ours);
        Task<byte[]> received = ReadToEnd(pair.Kernels);
        await pair.Kernels.SendAsync(sent);
        pair.Kernels.Shutdown(SocketShutdown.Send);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await received));
        await echo;
    }

    [RootTheory]
    [MemberData(nameof(FamiliesAndOffloads))]
    public async Task Our_client_gets_back_what_it_sent_to_a_server_of_the_kernel(bool v6, bool offloads)
    {
        using var stack = new TunStack(offloads);
        using Pair pair = await Pair.Connected(stack, v6);
        byte[] sent = RandomNumberGenerator.GetBytes(5_000_000);
        using var kernels = new NetworkStream(pair.Kernels);
        Task echo = Task.Run(async () =>
        {
            await kernels.CopyToAsync(kernels);
            pair.Kernels.Shutdown(SocketShutdown.Send);
        });
        Task<byte[]> received = ReadToEnd(pair.Ours);
        await pair.Ours.WriteAsync(sent);
        pair.Ours.CloseSending();
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await received));
        await echo;
    }

    [RootFact]
    public async Task Either_end_can_close_one_way_and_go_on_reading()
    {
        using var stack = new TunStack();
        using Pair pair = await Pair.Accepted(stack, TunStack.V4);
        pair.Ours.CloseSending();
        Assert.Equal(0, await pair.Kernels.ReceiveAsync(new byte[1]));
        Until.True(() => pair.Ours.State == TcpState.FinWait2, "the kernel must have acknowledged the FIN");
        await pair.Kernels.SendAsync("after"u8.ToArray());
        byte[] read = new byte[10];
        Assert.Equal(5, await pair.Ours.ReadAsync(read));
        pair.Kernels.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await pair.Ours.ReadAsync(read));
        Assert.Equal(TcpState.TimeWait, pair.Ours.State);
        var refused = await Assert.ThrowsAsync<TcpLensException>(async () => await pair.Ours.WriteAsync(read));
        Assert.Equal("EPIPE", refused.ErrnoName);
    }

    [RootFact]
    public async Task A_read_that_was_cancelled_takes_nothing_from_the_next_one()
    {
        using var stack = new TunStack();
        using Pair pair = await Pair.Accepted(stack, TunStack.V4);
        using var giveUp = new CancellationTokenSource();
        ValueTask<int> reading = pair.Ours.ReadAsync(new byte[10], giveUp.Token);
        Assert.False(reading.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reading);

        await pair.Kernels.SendAsync("still here"u8.ToArray());
        byte[] read = new byte[10];
        await pair.Ours.ReadExactlyAsync(read, CancellationToken.None);
        Assert.Equal("still here"u8, read);
    }

    [RootFact]
    public async Task An_accept_and_a_connect_can_be_given_up()
    {
        using var stack = new TunStack();
        using TcpLensListener listener = TcpLensListener.Open(stack.Driver, TunStack.Own(TunStack.V4));
        using var giveUp = new CancellationTokenSource();
        ValueTask<TcpLensStream> accepting = listener.AcceptAsync(giveUp.Token);
        stack.Place.Deafen(new(TunStack.KernelAddress(TunStack.V4), 9));
        ValueTask<TcpLensStream> connecting = TcpLensClient.ConnectAsync(stack.Driver, TunStack.Kernel(TunStack.V4, 9), cancellationToken: giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await accepting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connecting);
        Assert.Equal(0, stack.Ask(host => host.Connections));
    }

    [RootFact]
    public async Task A_read_and_a_write_end_when_their_time_is_over_and_the_stream_lives_on()
    {
        using var stack = new TunStack();
        using Pair pair = await Pair.Accepted(stack, TunStack.V4);
        pair.Ours.ReadTimeout = 50;
        var late = Assert.Throws<TcpLensException>(() => pair.Ours.Read(new byte[1], 0, 1));
        Assert.Equal("ETIMEDOUT", late.ErrnoName);
        await pair.Kernels.SendAsync(new byte[1]);
        Assert.Equal(1, pair.Ours.Read(new byte[1], 0, 1));

        // Nobody reads at the other end: sooner or later nothing more is taken.
        pair.Ours.WriteTimeout = 50;
        late = Assert.Throws<TcpLensException>(() => pair.Ours.Write(new byte[64 << 20], 0, 64 << 20));
        Assert.Equal("ETIMEDOUT", late.ErrnoName);
        Assert.Equal(TcpState.Established, pair.Ours.State);
    }

    [RootFact]
    public async Task An_abort_is_a_reset_for_the_peer_whichever_end_it_comes_from()
    {
        using var stack = new TunStack();
        using Pair first = await Pair.Accepted(stack, TunStack.V4);
        first.Ours.Abort();
        var reset = await Assert.ThrowsAsync<SocketException>(async () => await first.Kernels.ReceiveAsync(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);

        using Pair second = await Pair.Connected(stack, TunStack.V6);
        ValueTask<int> reading = second.Ours.ReadAsync(new byte[1]);
        second.Kernels.LingerState = new(enable: true, 0);
        second.Kernels.Close();
        var failed = await Assert.ThrowsAsync<TcpLensException>(async () => await reading);
        Assert.Equal(ConnectionError.Reset, failed.Error);
        Assert.Equal("ECONNRESET", failed.ErrnoName);
    }

    [RootTheory]
    [InlineData(TunStack.V4)]
    [InlineData(TunStack.V6)]
    public async Task A_port_where_nobody_listens_refuses_at_either_end(bool v6)
    {
        using var stack = new TunStack();
        var refused = await Assert.ThrowsAsync<TcpLensException>(async () => await TcpLensClient.ConnectAsync(stack.Driver, TunStack.Kernel(v6, 9)));
        Assert.Equal(ConnectionError.Refused, refused.Error);

        using Socket socket = stack.Place.Run(() => new Socket(TunStack.KernelAddress(v6).AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        var kernels = await Assert.ThrowsAsync<SocketException>(async () => await socket.ConnectAsync(TunStack.OwnEndPoint(v6, 9)));
        Assert.Equal(SocketError.ConnectionRefused, kernels.SocketErrorCode);
    }

    [RootFact]
    public async Task A_port_is_taken_once()
    {
        using var stack = new TunStack();
        using TcpLensListener listener = TcpLensListener.Open(stack.Driver, TunStack.Own(TunStack.V4, 80));
        var taken = Assert.Throws<TcpLensException>(() => TcpLensListener.Open(stack.Driver, TunStack.Own(TunStack.V4, 80)));
        Assert.Equal("EADDRINUSE", taken.ErrnoName);
        ValueTask<TcpLensStream> accepting = listener.AcceptAsync();
        listener.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await accepting);
        TcpLensListener.Open(stack.Driver, TunStack.Own(TunStack.V4, 80)).Dispose();
    }

    [RootFact]
    public async Task When_the_driver_ends_everybody_is_told_and_the_device_goes()
    {
        var stack = new TunStack();
        using Pair pair = await Pair.Accepted(stack, TunStack.V4);
        using TcpLensListener listener = TcpLensListener.Open(stack.Driver, TunStack.Own(TunStack.V4));
        ValueTask<int> reading = pair.Ours.ReadAsync(new byte[1]);
        ValueTask<TcpLensStream> accepting = listener.AcceptAsync();
        stack.Stop();
        var failed = await Assert.ThrowsAsync<TcpLensException>(async () => await reading);
        Assert.Equal(ConnectionError.Aborted, failed.Error);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await accepting);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await TcpLensClient.ConnectAsync(stack.Driver, TunStack.Kernel(TunStack.V4, 9)));
        var reset = await Assert.ThrowsAsync<SocketException>(async () => await pair.Kernels.ReceiveAsync(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        stack.Dispose();
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_round_trip_makes_no_garbage_from_the_device_to_the_program_and_back(bool offloads)
    {
        const int Trips = 2000;
        using var stack = new TunStack(offloads, inline: true);
        using Pair pair = await Pair.Accepted(stack, TunStack.V4);
        Task<long> answering = Answer(pair.Ours, Trips);
        byte[] octet = new byte[1];
        for (int i = 0; i < Trips; i++)
        {
            pair.Kernels.Send(octet);
            Assert.Equal(1, pair.Kernels.Receive(octet));
        }

        Assert.InRange(await answering, 0, 4 * Trips);    // Less than any object a trip: other tests may take an array or two out of the shared pools.
    }

    /// <summary>Octets that the driver's thread, on which this goes on, allocated in the second half.</summary>
    private static async Task<long> Answer(TcpLensStream stream, int trips)
    {
        byte[] octet = new byte[1];
        long before = 0;
        for (int i = 0; i < trips; i++)
        {
            if (await stream.ReadAsync(octet) != 1)     // Assert.Equal would make garbage of its own.
            {
                throw new EndOfStreamException();
            }

            await stream.WriteAsync(octet);
            before = i == trips / 2 ? GC.GetAllocatedBytesForCurrentThread() : before;
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static async Task Echo(TcpLensStream stream)
    {
        await stream.CopyToAsync(stream);
        stream.CloseSending();
    }

    private static async Task<byte[]> ReadToEnd(Socket socket)
    {
        using var stream = new NetworkStream(socket);
        return await ReadToEnd(stream);
    }

    private static async Task<byte[]> ReadToEnd(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
