using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using TcpLens.Examples;
using TcpLens.Linux;
using TcpLens.Protocol;
using TcpLens.Stack;

// Kestrel, on a TCP of its own: serves the files of a folder at http://10.7.0.2/ and http://[fd07::2]/ through a TUN device. Needs root.
// usage: Http [FOLDER]
using var device = TunDevice.Open(new() { Name = "lens0", Addresses = [TunAddress.Parse("10.7.0.1/24"), TunAddress.Parse("fd07::1/64")] });
IPAddress[] own = [IPAddress.Parse("10.7.0.2"), IPAddress.Parse("fd07::2")];
var host = new TcpHost(
    new() { Addresses = [.. own.Select(HostAddress.From)], Mtu = device.Mtu, HasOffloads = device.HasOffloads },
    RandomNumberGenerator.GetBytes(16));
var driver = new StackDriver(host, device, TimeProvider.System);
using var stop = new CancellationTokenSource();
var thread = new Thread(() => driver.Run(stop.Token));
thread.Start();

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton<IConnectionListenerFactory>(new StackTransportFactory(driver));
builder.WebHost.ConfigureKestrel(kestrel => Array.ForEach(own, address => kestrel.Listen(address, 80)));
WebApplication app = builder.Build();
app.UseFileServer(new FileServerOptions
{
    FileProvider = new PhysicalFileProvider(Path.GetFullPath(args.ElementAtOrDefault(0) ?? ".")),
    EnableDirectoryBrowsing = false,
    StaticFileOptions = { ServeUnknownFileTypes = true },
});
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"ready: try curl http://10.7.0.2/ or http://[fd07::2]/; {device.Name} is 10.7.0.1 and fd07::1"));
await app.RunAsync();
await stop.CancelAsync();
thread.Join();
