using System.Net;
using System.Net.Sockets;

namespace TcpLens.Testing;

/// <summary>
/// Sends hand-made segments inside a namespace, from addresses that are someone else's (native/forge.c). Answers to the forged
/// networks 192.0.2.0/24 and 2001:db8:7c::/64 go into loopback and vanish there.
/// </summary>
/// <example><code>
/// using var forger = new Forger(ns);
/// forger.Send(ForgedSegment.From(client, "c") with { Bits = ControlBits.Rst });
/// forger.Flood(listener, count: 1000, perSecond: 500);
/// </code></example>
public sealed class Forger : IDisposable
{
    private readonly Actor _actor;

    public Forger(TestNamespace ns)
    {
        ArgumentNullException.ThrowIfNull(ns);
        ns.SetSysctl("net.ipv4.conf.all.rp_filter", "0");
        ns.SetSysctl("net.ipv4.conf.lo.rp_filter", "0");
        ns.Execute("ip", "route", "replace", "192.0.2.0/24", "dev", "lo").EnsureSuccess();
        ns.Execute("ip", "-6", "route", "replace", "2001:db8:7c::/64", "dev", "lo").EnsureSuccess();
        _actor = new Actor(ns, "forge");
    }

    /// <summary>An address of the forged networks, 1 to 254.</summary>
    public static IPAddress Stranger(byte number, AddressFamily family = AddressFamily.InterNetwork)
        => IPAddress.Parse(family == AddressFamily.InterNetworkV6 ? $"2001:db8:7c::{number:x}" : $"192.0.2.{number}");

    public void Send(ForgedSegment segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        _actor.Tell($"segment {segment.Words}");
    }

    /// <summary>In the background: SYNs from 254 strangers in turn, each from another port the next time, that nobody will complete.</summary>
    /// <param name="at">A listener of this namespace.</param>
    /// <param name="count">How many.</param>
    /// <param name="perSecond">How fast; 0: as fast as they leave.</param>
    public void Flood(IPEndPoint at, int count, int perSecond = 0)
    {
        ArgumentNullException.ThrowIfNull(at);
        _actor.Tell($"flood {Stranger(1, at.AddressFamily)} {at.Address} {at.Port} {count} {perSecond}");
    }

    /// <summary>SYNs that have left so far, and whether more are to come.</summary>
    public (long Sent, bool IsRunning) Flooded()
    {
        string[] values = _actor.Tell("flooded");
        return (long.Parse(values[0]), values[1] == "1");
    }

    public void Dispose() => _actor.Dispose();
}
