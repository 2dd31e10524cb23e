using System.Net;
using System.Security.Cryptography;
using TcpLens.Linux;
using TcpLens.Protocol;
using TcpLens.Stack;

// An echo server that is no program of the kernel's: try `nc 10.7.0.2 7` while it runs. Needs root, for the device.
using var device = TunDevice.Open(new() { Name = "lens0", Addresses = [TunAddress.Parse("10.7.0.1/24")] });
var host = new TcpHost(
    new() { Addresses = [HostAddress.From(IPAddress.Parse("10.7.0.2"))], Mtu = device.Mtu, HasOffloads = device.HasOffloads },
    RandomNumberGenerator.GetBytes(16));
var driver = new StackDriver(host, device, TimeProvider.System);
new Thread(() => driver.Run(CancellationToken.None)) { IsBackground = true }.Start();

using var listener = TcpLensListener.Open(driver, new(HostAddress.AnyV4, 7));
Console.WriteLine($"echoing on 10.7.0.2:7 through {device.Name}; Ctrl-C ends it");
while (true)
{
    _ = Serve(await listener.AcceptAsync());
}

static async Task Serve(TcpLensStream stream)
{
    await using (stream)
    {
        await stream.CopyToAsync(stream);
    }
}
