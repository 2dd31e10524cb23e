using System.Net;
using System.Text.RegularExpressions;

namespace TcpLens.Faults.Tests;

/// <summary>
/// Two hosts with weather between them, and a puppet on each: the doctor looks into the one that suffers. Near is the left side of the
/// link, Far the right one.
/// <code>
/// using PathStage stage = new();
/// stage.Connect(count: 4);                       // near "c0"… to far "s0"…
/// stage.Link.Set(Weather.Silence);
/// stage.Near.Send("c*", 1000);
/// stage.WaitNear(4, "backoff:[2-9]");            // what ss -tino must show
/// stage.DiagnoseNear().AsAnnounced();
/// </code>
/// </summary>
public sealed class PathStage : IDisposable
{
    public PathStage(Weather? weather = null, int mtu = 1500)
    {
        Link = new WeatherLink(NearHost, FarHost, mtu);
        (Near, Far) = (new Puppet(NearHost), new Puppet(FarHost));
        Near.Rename("near");
        Far.Rename("far");
        if (weather is not null)
        {
            Link.Set(weather);
        }
    }

    public TestNamespace NearHost { get; } = new();

    public TestNamespace FarHost { get; } = new();

    public WeatherLink Link { get; }

    public Puppet Near { get; }

    public Puppet Far { get; }

    /// <summary>Near connects to a listener at Far and Far accepts: "c0" to "s0", "c1" to "s1", ….</summary>
    /// <param name="count">How many.</param>
    /// <param name="receiveBuffer">SO_RCVBUF of the accepted sockets; 0: the kernel's choice.</param>
    /// <param name="congestionControl">Of the connecting side.</param>
    public void Connect(int count = 1, int receiveBuffer = 0, string congestionControl = "cubic")
    {
        IPEndPoint at = Far.Listen("l", new IPEndPoint(Link.RightAddress, 7000), backlog: count);
        if (receiveBuffer > 0)
        {
            Far.Set("l", PuppetOption.RcvBuf, receiveBuffer);
        }

        Near.ConnectMany("c", count, at);
        Far.AcceptMany("s", count, "l");
        Near.SetCongestionControl("c*", congestionControl);
    }

    /// <summary>Near sends so much every so often on each of its connections, and Far reads it.</summary>
    public void Stream(int count, int octets = 60_000, double everyMilliseconds = 5)
    {
        for (int i = 0; i < count; i++)
        {
            Far.Drain($"s{i}");
        }

        Fill(count, octets, everyMilliseconds);
    }

    /// <summary>The same, and nobody reads.</summary>
    public void Fill(int count, int octets = 60_000, double everyMilliseconds = 5)
    {
        for (int i = 0; i < count; i++)
        {
            Near.Trickle($"c{i}", octets, TimeSpan.FromMilliseconds(everyMilliseconds));
        }
    }

    /// <summary>Waits until ss shows so many lines like that on Near's side.</summary>
    public void WaitNear(int count, string pattern) => Wait(NearHost, count, pattern);

    /// <inheritdoc cref="WaitNear"/>
    public void WaitFar(int count, string pattern) => Wait(FarHost, count, pattern);

    public Diagnosed DiagnoseNear(string duration = "1s", double patience = 1) => new(Stage.Report(NearHost, duration, patience));

    public Diagnosed DiagnoseFar(string duration = "1s", double patience = 1) => new(Stage.Report(FarHost, duration, patience));

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
        Link.Dispose();
        NearHost.Dispose();
        FarHost.Dispose();
    }

    private static void Wait(TestNamespace host, int count, string pattern)
    {
        string seen = "";
        try
        {
            Until.True(
                () => (seen = host.Execute("ss", "-tinoHO").Output).Split('\n').Count(line => Regex.IsMatch(line, pattern, RegexOptions.NonBacktracking)) >= count,
                $"{count} lines like '{pattern}'");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}\n{seen}", late);
        }
    }
}
