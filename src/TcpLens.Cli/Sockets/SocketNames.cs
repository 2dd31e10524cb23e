using System.Net;
using System.Net.Sockets;
using TcpLens.Linux;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// Names for --resolve. Each address is asked for once; all asking together may take no longer than <see cref="Budget"/>, after which
/// numbers are shown, so that a dead resolver delays the list and does not stop it.
/// </summary>
internal sealed class SocketNames
{
    private const int AddressesMax = 4096;

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ServiceNames _services = new();
    private readonly Dictionary<HostAddress, string?> _hosts = [];
    private readonly long _start = TimeProvider.System.GetTimestamp();

    public string Of(in Endpoint endpoint, IpFamily family)
    {
        string port = endpoint.Port == 0 ? "*" : _services.NameOf(endpoint.Port) ?? endpoint.Port.ToString();
        if (endpoint.Address.IsUnspecified)
        {
            return (family == IpFamily.V4 ? "0.0.0.0:" : "[::]:") + port;
        }

        string numeric = family == IpFamily.V4 ? endpoint.Address.ToString() : $"[{endpoint.Address}]";
        return $"{HostOf(endpoint.Address) ?? numeric}:{port}";
    }

    private string? HostOf(HostAddress address)
    {
        if (_hosts.TryGetValue(address, out string? known))
        {
            return known;
        }

        if (_hosts.Count == AddressesMax || TimeProvider.System.GetElapsedTime(_start) > Budget)
        {
            return null;
        }

        string? name = Ask(address);
        _hosts.Add(address, name);
        return name;
    }

    private static string? Ask(HostAddress address)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            return Dns.GetHostEntryAsync(address.ToString(), AddressFamily.Unspecified, patience.Token).WaitAsync(patience.Token).GetAwaiter().GetResult().HostName;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ArgumentException)
        {
            return null;
        }
    }
}
