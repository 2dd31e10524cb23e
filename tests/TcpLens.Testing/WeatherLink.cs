using System.Net;

namespace TcpLens.Testing;

/// <summary>The side that packets travel towards.</summary>
public enum LinkSide
{
    Left,
    Right,
}

/// <summary>
/// A link between two namespaces with weather: a TUN device in each and a process that carries packets between them
/// (native/weather.c), later, not at all, twice or damaged, as the test says. It needs no traffic shaping in the kernel.
/// </summary>
/// <example><code>
/// using TestNamespace left = new(), right = new();
/// using var link = new WeatherLink(left, right);
/// link.Set(LinkSide.Right, new Weather { Loss = 0.1 });
/// client.Connect("c", new IPEndPoint(link.RightAddress, port));
/// </code></example>
public sealed class WeatherLink : IDisposable
{
    private readonly Actor _actor;

    /// <param name="left">The namespace with addresses 10.N.0.1 and fd00:N::1.</param>
    /// <param name="right">The namespace with addresses 10.N.0.2 and fd00:N::2.</param>
    /// <param name="mtu">Of both devices, in octets; at least 1280.</param>
    /// <param name="network">N, 0 to 99; a namespace with two links needs two.</param>
    /// <param name="seed">The same seed and the same packets make the same weather.</param>
    public WeatherLink(TestNamespace left, TestNamespace right, int mtu = 1500, int network = 77, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        Device = $"weather{network}";
        (LeftAddress, RightAddress) = (IPAddress.Parse($"10.{network}.0.1"), IPAddress.Parse($"10.{network}.0.2"));
        (LeftAddressV6, RightAddressV6) = (IPAddress.Parse($"fd00:{network}::1"), IPAddress.Parse($"fd00:{network}::2"));
        _actor = new Actor(null, "weather", "-s", $"{seed}", left.Path, right.Path, Device);
        try
        {
            SetUp(left, LeftAddress, LeftAddressV6, mtu);
            SetUp(right, RightAddress, RightAddressV6, mtu);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Name of the device in both namespaces.</summary>
    public string Device { get; }

    public IPAddress LeftAddress { get; }

    public IPAddress RightAddress { get; }

    public IPAddress LeftAddressV6 { get; }

    public IPAddress RightAddressV6 { get; }

    /// <summary>Packets that are under way already keep the weather they left in.</summary>
    public void Set(LinkSide towards, Weather weather)
    {
        ArgumentNullException.ThrowIfNull(weather);
        _actor.Tell($"set {Word(towards)} {weather.Words}");
    }

    /// <summary>The same weather both ways.</summary>
    public void Set(Weather weather)
    {
        Set(LinkSide.Left, weather);
        Set(LinkSide.Right, weather);
    }

    /// <summary>Nothing arrives on either side for so long; then everything that is due does. Zero ends it.</summary>
    public void Hold(TimeSpan duration) => _actor.Tell($"hold {duration.TotalMilliseconds:0}");

    public WeatherCounters Counters(LinkSide towards)
    {
        long[] values = [.. _actor.Tell($"counters {Word(towards)}").Select(long.Parse)];
        return new WeatherCounters(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
    }

    /// <summary>Takes the devices away, and with them their addresses and routes.</summary>
    public void Dispose() => _actor.Dispose();

    private static string Word(LinkSide side) => side == LinkSide.Left ? "left" : "right";

    private void SetUp(TestNamespace ns, IPAddress v4, IPAddress v6, int mtu)
    {
        // Without a link-local address IPv6 has nothing to say by itself; a long queue because the carrier shares its processor.
        string commands = $"""
            link set {Device} addrgenmode none
            link set {Device} mtu {mtu} txqueuelen 5000 up
            addr add {v4}/24 dev {Device}
            addr add {v6}/64 dev {Device} nodad
            """;
        new CommandRun("ip", "-batch", "-") { Namespace = ns, Input = commands + "\n" }.Execute().EnsureSuccess();
    }
}
