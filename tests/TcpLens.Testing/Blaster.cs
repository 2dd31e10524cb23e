using System.Globalization;

namespace TcpLens.Testing;

/// <summary>Segments of its own making, as many a second as are asked for (native/blast.c); nothing answers them.</summary>
public static class Blaster
{
    /// <summary>Sends for so long, and gives how many it has sent.</summary>
    /// <param name="ns">Where the device is.</param>
    /// <param name="device">They leave through it, to whoever listens at its other end.</param>
    /// <param name="perSecond">Packets a second; 0 is as many as will go.</param>
    /// <param name="duration">How long.</param>
    /// <param name="payload">Octets of payload in each, at most 1448.</param>
    public static long Send(TestNamespace ns, string device, int perSecond, TimeSpan duration, int payload = 0)
    {
        ArgumentNullException.ThrowIfNull(ns);
        string sent = ns.Execute(
            NativeProgram.Build("blast"), device, $"{perSecond}", duration.TotalSeconds.ToString(CultureInfo.InvariantCulture), $"{payload}").EnsureSuccess().Output;
        return long.Parse(sent.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
