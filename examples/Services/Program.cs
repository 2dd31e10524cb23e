using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TcpLens.Examples;
using TcpLens.Linux;
using TcpLens.Protocol;
using TcpLens.Simulation;
using TcpLens.Stack;

// The four services that bench/stack measures, on the driver's thread: 5001 discards, 5002 sends, 5003 echoes, 5004 echoes once and closes.
// usage: Services [NAME [offload|plain [MTU [LOSS DISORDER]]]]     the last two in percent, for what comes and what goes; with a plain device
string name = args.ElementAtOrDefault(0) ?? "lens0";
bool offloads = args.ElementAtOrDefault(1) != "plain";
int mtu = int.Parse(args.ElementAtOrDefault(2) ?? "1500", CultureInfo.InvariantCulture);
var weather = new Weather { Loss = Percent(3), Reordering = Percent(4), Duplication = Percent(4), HeldBack = TimeSpan.FromMilliseconds(2), Mtu = mtu };

using var tun = TunDevice.Open(new()
{
    Name = name,
    Mtu = mtu,
    Offloads = offloads,
    Addresses = [TunAddress.Parse("10.7.0.1/24"), TunAddress.Parse("fd07::1/64")],
});
var host = new TcpHost(
    new()
    {
        Addresses = [HostAddress.From(IPAddress.Parse("10.7.0.2")), HostAddress.From(IPAddress.Parse("fd07::2"))],
        Mtu = mtu,
        HasOffloads = offloads,
    },
    RandomNumberGenerator.GetBytes(16));
using IPacketDevice device = weather.Loss + weather.Reordering > 0 ? new WeatherDevice(tun, weather, weather, seed: 9293, TimeProvider.System) : tun;
var driver = new StackDriver(host, device, TimeProvider.System);
driver.Serve(new(HostAddress.AnyV6, 5001), ListenOptions.Default, _ => Discard.Instance);
driver.Serve(new(HostAddress.AnyV6, 5002), ListenOptions.Default, _ => Generate.Instance);
driver.Serve(new(HostAddress.AnyV6, 5003), ListenOptions.Default, _ => Echo.Instance);
driver.Serve(new(HostAddress.AnyV6, 5004), ListenOptions.Default, _ => EchoOnce.Instance);

var stop = new CancellationTokenSource();   // Not disposed: a second signal may come at any time.
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
Console.WriteLine($"ready: {tun.Name} is 10.7.0.1 and fd07::1, the services are at 10.7.0.2 and fd07::2");
driver.Run(stop.Token);

// What was counted, by Linux's names.
foreach (TcpCounter counter in Enum.GetValues<TcpCounter>().Where(counter => host.Counters[counter] > 0))
{
    Console.WriteLine($"{counter,-24} {host.Counters[counter]}");
}

double Percent(int place) => double.Parse(args.ElementAtOrDefault(place) ?? "0", CultureInfo.InvariantCulture) / 100;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
