using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TcpLens.Examples;
using TcpLens.Linux;
using TcpLens.Protocol;
using TcpLens.Stack;

// The four services that bench/stack measures, on the driver's thread: 5001 discards, 5002 sends, 5003 echoes, 5004 echoes once and closes.
// usage: Services [NAME [offload|plain [MTU]]]
string name = args.ElementAtOrDefault(0) ?? "lens0";
bool offloads = args.ElementAtOrDefault(1) != "plain";
int mtu = int.Parse(args.ElementAtOrDefault(2) ?? "1500", CultureInfo.InvariantCulture);

using var device = TunDevice.Open(new()
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
var driver = new StackDriver(host, device, TimeProvider.System);
driver.Serve(new(HostAddress.AnyV6, 5001), ListenOptions.Default, _ => Discard.Instance);
driver.Serve(new(HostAddress.AnyV6, 5002), ListenOptions.Default, _ => Generate.Instance);
driver.Serve(new(HostAddress.AnyV6, 5003), ListenOptions.Default, _ => Echo.Instance);
driver.Serve(new(HostAddress.AnyV6, 5004), ListenOptions.Default, _ => EchoOnce.Instance);

var stop = new CancellationTokenSource();   // Not disposed: a second signal may come at any time.
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
Console.WriteLine($"ready: {device.Name} is 10.7.0.1 and fd07::1, the services are at 10.7.0.2 and fd07::2");
driver.Run(stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
