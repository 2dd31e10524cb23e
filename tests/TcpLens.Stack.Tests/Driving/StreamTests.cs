using System.Security.Cryptography;

namespace TcpLens.Stack.Tests;

/// <summary>Streams between two drivers, from many threads: what is handed over at the gate is neither lost nor done twice.</summary>
public sealed class StreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sixteen_connections_at_once_keep_their_octets_apart_and_in_order(bool inline)
    {
        using var pair = new DrivenPair(inline);
        using TcpLensListener listener = TcpLensListener.Open(pair.Server, DrivenPair.ServerAt(7));
        Task echoing = Task.Run(async () =>
        {
            for (int i = 0; i < 16; i++)
            {
                TcpLensStream accepted = await listener.AcceptAsync(Token);
                _ = Task.Run(() => Echo(accepted));
            }
        }, Token);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => SendAndCompare(pair, i)))).WaitAsync(Patience, Token);
        await echoing;
        await Task.Yield();     // Off the driver's thread, which cannot wait for its own end.
    }

    /// <summary>A writer writes numbers; a reader gives up again and again, at any moment, and must not miss one.</summary>
    [Fact]
    public async Task Reads_that_are_cancelled_at_any_moment_lose_nothing()
    {
        const int Count = 20_000;
        using var pair = new DrivenPair();
        (TcpLensStream client, TcpLensStream server) = await pair.Connect();
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Count; i++)
            {
                await client.WriteAsync(BitConverter.GetBytes(i), Token);
            }
        }, Token);
        int cancelled = 0, at = 0;
        byte[] octets = new byte[Count * sizeof(int)];
        while (at < octets.Length)
        {
            using var giveUp = new CancellationTokenSource();
            Task<int> reading = server.ReadAsync(octets.AsMemory(at, Math.Min(64, octets.Length - at)), giveUp.Token).AsTask();
            if (!reading.IsCompleted)
            {
                giveUp.Cancel();
            }

            try
            {
                at += await reading.WaitAsync(Patience, Token);
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
        }

        await writing.WaitAsync(Patience, Token);
        Assert.Equal(Enumerable.Range(0, Count), Enumerable.Range(0, Count).Select(i => BitConverter.ToInt32(octets, i * sizeof(int))));
        Assert.True(cancelled > 0, "no read was ever cancelled: this proved nothing");
    }

    [Fact]
    public async Task A_second_read_while_one_waits_is_a_mistake()
    {
        using var pair = new DrivenPair();
        (TcpLensStream client, TcpLensStream server) = await pair.Connect();
        ValueTask<int> first = server.ReadAsync(new byte[1], Token);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => _ = await server.ReadAsync(new byte[1], Token));
        await client.WriteAsync(new byte[1], Token);
        Assert.Equal(1, await first);
    }

    [Fact]
    public async Task A_read_of_nothing_waits_until_there_is_something()
    {
        using var pair = new DrivenPair();
        (TcpLensStream client, TcpLensStream server) = await pair.Connect();
        ValueTask<int> waiting = server.ReadAsync(Memory<byte>.Empty, Token);
        Assert.False(waiting.IsCompleted);
        await client.WriteAsync("x"u8.ToArray(), Token);
        Assert.Equal(0, await waiting);
        Assert.Equal('x', server.ReadByte());
    }

    [Fact]
    public async Task A_stream_that_was_disposed_ends_the_wait_on_it_and_its_peers_reading()
    {
        using var pair = new DrivenPair();
        (TcpLensStream client, TcpLensStream server) = await pair.Connect();
        ValueTask<int> reading = server.ReadAsync(new byte[1], Token);
        server.Dispose();
        server.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await reading);
        Assert.Equal(0, await client.ReadAsync(new byte[1], Token));
        Assert.False(server.CanRead);
    }

    [Fact]
    public async Task Synchronous_calls_and_options_work_from_any_thread()
    {
        using var pair = new DrivenPair();
        (TcpLensStream client, TcpLensStream server) = await pair.Connect();
        client.Options = client.Options with { NoDelay = true };
        Assert.True(client.Options.NoDelay);
        Task echo = Task.Run(() => Echo(server), Token);
        byte[] octet = new byte[1];
        for (int i = 0; i < 1000; i++)
        {
            client.WriteByte((byte)i);
            client.ReadExactly(octet);
            Assert.Equal((byte)i, octet[0]);
        }

        Assert.Equal(1000, client.Status.OctetsReceived);
        client.CloseSending();
        Assert.Equal(0, client.Read(octet, 0, 1));
        await echo;
    }

    private static async Task Echo(TcpLensStream stream)
    {
        await using (stream)
        {
            await stream.CopyToAsync(stream, Token);
        }
    }

    private static async Task SendAndCompare(DrivenPair pair, int number)
    {
        byte[] sent = new byte[200_000];
        new Random(number).NextBytes(sent);
        await using TcpLensStream stream = await TcpLensClient.ConnectAsync(pair.Client, DrivenPair.ServerAt(7), cancellationToken: Token);
        Task<byte[]> digest = SHA256.HashDataAsync(stream, Token).AsTask();
        for (int at = 0; at < sent.Length; at += 777)
        {
            await stream.WriteAsync(sent.AsMemory(at, Math.Min(777, sent.Length - at)), Token);
        }

        stream.CloseSending();
        Assert.Equal(SHA256.HashData(sent), await digest);
    }
}
