using System.Net;
using System.Security.Cryptography;
using TcpLens.Linux;
using TcpLens.Protocol;
using TcpLens.Stack;
using TcpLens.Testing;

namespace TcpLens.Lab.Tests;

/// <summary>A namespace with a TUN device, and our stack behind it on a thread of its own. The kernel is 10.7.0.1 and fd07::1, we are 10.7.0.2 and fd07::2.</summary>
internal sealed class TunStack : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly IPacketDevice _device;

    /// <param name="offloads">Of the device.</param>
    /// <param name="wrap">Something around the device; null: nothing.</param>
    /// <param name="change">Of the host's settings; null: the defaults.</param>
    /// <param name="inline">What awaits a stream goes on on the driver's thread.</param>
    public TunStack(bool offloads = true, Func<IPacketDevice, IPacketDevice>? wrap = null, Func<TcpHostSettings, TcpHostSettings>? change = null, bool inline = false)
    {
        Place = new();
        TunDevice tun = Place.Run(() => TunDevice.Open(new()
        {
            Name = "lens0",
            Offloads = offloads,
            Addresses = [TunAddress.Parse("10.7.0.1/24"), TunAddress.Parse("fd07::1/64")],
        }));
        _device = wrap is null ? tun : wrap(tun);
        var settings = new TcpHostSettings { Addresses = [Own(V4).Address, Own(V6).Address], Mtu = tun.Mtu, HasOffloads = offloads };
        Host = new(change?.Invoke(settings) ?? settings, RandomNumberGenerator.GetBytes(16));
        Driver = new(Host, _device, TimeProvider.System) { ContinuesInline = inline };
        _thread = new(() => Driver.Run(_stop.Token)) { IsBackground = true };
        _thread.Start();
    }

    public const bool V4 = false;
    public const bool V6 = true;

    public TestNamespace Place { get; }

    public StackDriver Driver { get; }

    /// <summary>To be asked through the driver while it runs.</summary>
    public TcpHost Host { get; }

    public static IPAddress KernelAddress(bool v6) => IPAddress.Parse(v6 ? "fd07::1" : "10.7.0.1");

    public static IPEndPoint OwnEndPoint(bool v6, int port) => new(IPAddress.Parse(v6 ? "fd07::2" : "10.7.0.2"), port);

    public static Endpoint Own(bool v6, int port = 0) => new(HostAddress.From(OwnEndPoint(v6, 0).Address), (ushort)port);

    public static Endpoint Kernel(bool v6, int port) => new(HostAddress.From(KernelAddress(v6)), (ushort)port);

    public T Ask<T>(Func<TcpHost, T> question) => Driver.Ask((host, _) => question(host));

    /// <summary>Ends the driver, and waits for its thread.</summary>
    public void Stop()
    {
        _stop.Cancel();
        Assert.True(_thread.Join(Until.Patience), "the driver's thread must end when it is told to");
    }

    public void Dispose()
    {
        Stop();
        _device.Dispose();
        _stop.Dispose();
        Place.Dispose();
    }
}
