using System.Net.Sockets;
using System.Security.Cryptography;
using TcpLens.Simulation;
using TcpLens.Stack;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>Our stack and the kernel over a link that loses, reorders and doubles what passes, either way.</summary>
public sealed class WeatherTests
{
    /// <summary>The more is lost, the less of it: with one packet in twenty gone either way both ends wait for timers most of the time.</summary>
    public static TheoryData<double, double, bool, int> Weathers => new()
    {
        { 0, 0, TunStack.V4, 20_000_000 },
        { 0.01, 0, TunStack.V6, 20_000_000 },
        { 0.05, 0, TunStack.V4, 4_000_000 },
        { 0, 0.02, TunStack.V6, 20_000_000 },
        { 0.01, 0.02, TunStack.V4, 20_000_000 },
        { 0.05, 0.02, TunStack.V6, 4_000_000 },
    };

    [RootTheory]
    [MemberData(nameof(Weathers))]
    public async Task Everything_arrives_both_ways_whatever_the_weather(double loss, double disorder, bool v6, int octets)
    {
        var weather = new Simulation.Weather { Loss = loss, Reordering = disorder, Duplication = disorder, HeldBack = TimeSpan.FromMilliseconds(2) };
        using var stack = new TunStack(offloads: false, device => new WeatherDevice(device, weather, weather, seed: 9293, TimeProvider.System));
        using Pair pair = await Pair.Connected(stack, v6);
        byte[] there = RandomNumberGenerator.GetBytes(octets), back = RandomNumberGenerator.GetBytes(octets);
        using var kernels = new NetworkStream(pair.Kernels);
        Task<byte[]> atKernel = Digest(kernels), atOurs = Digest(pair.Ours);
        Task kernelSends = Send(kernels, back);
        await Send(pair.Ours, there);
        pair.Ours.CloseSending();
        await kernelSends;
        pair.Kernels.Shutdown(SocketShutdown.Send);
        Assert.Equal(SHA256.HashData(there), await atKernel);
        Assert.Equal(SHA256.HashData(back), await atOurs);
        ConnectionStatus status = pair.Ours.Status;
        Assert.True(loss == 0 || status.TotalRetransmissions > 0, "what was lost must have been sent again");
    }

    private static Task Send(Stream stream, byte[] octets) => Task.Run(() => stream.WriteAsync(octets).AsTask());

    private static Task<byte[]> Digest(Stream stream) => Task.Run(() => SHA256.HashDataAsync(stream).AsTask());
}
