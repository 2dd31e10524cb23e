using System.Collections;

namespace TcpLens.Observation;

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct PortRange(ushort First, ushort Last)
{
    public static readonly PortRange All = new(0, ushort.MaxValue);

    public int Count => Last - First + 1;

    public bool Contains(ushort port) => port >= First && port <= Last;

    /// <summary>"32768 60999", "8080" or "9148-9150"; null when it is none of these or ends before it starts.</summary>
    public static PortRange? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        int gap = text.IndexOfAny(" \t-");
        ReadOnlySpan<char> first = gap < 0 ? text : text[..gap];
        ReadOnlySpan<char> last = gap < 0 ? text : text[(gap + 1)..].Trim();
        return ushort.TryParse(first, out ushort low) && ushort.TryParse(last, out ushort high) && low <= high
            ? new PortRange(low, high)
            : null;
    }

    public override string ToString() => First == Last ? $"{First}" : this == All ? "*" : $"{First}-{Last}";
}

/// <summary>
/// The ports that connect() may choose from: ip_local_port_range without ip_local_reserved_ports. Their number is the limit of
/// simultaneous connections from one source address to one destination address and port.
/// </summary>
public sealed class EphemeralPorts
{
    private readonly BitArray _reserved = new(65536);

    private int _reservedInRange;

    private EphemeralPorts(PortRange range) => Range = range;

    /// <summary>The range as it is set.</summary>
    public PortRange Range { get; }

    /// <summary>
    /// How many ports connect() is sure to find; explicitly bound ports and listeners take their share of them besides. Linux walks
    /// the range in steps of two and cuts an odd number of ports down to even (inet_hashtables.c, __inet_hash_connect): each walk of
    /// an odd-sized range leaves out its first or its last port, as the hash of the destination will have it.
    /// </summary>
    public int Usable
    {
        get
        {
            bool losesAnEnd = Range.Count > 1 && int.IsOddInteger(Range.Count) && (CanChoose(Range.First) || CanChoose(Range.Last));
            return Range.Count - _reservedInRange - (losesAnEnd ? 1 : 0);
        }
    }

    /// <param name="range">net.ipv4.ip_local_port_range: "32768 60999".</param>
    /// <param name="reserved">net.ipv4.ip_local_reserved_ports: "", or "8080,9148-9150".</param>
    /// <returns>null when one of them is not in the kernel's form.</returns>
    public static EphemeralPorts? Parse(ReadOnlySpan<char> range, ReadOnlySpan<char> reserved)
    {
        if (PortRange.Parse(range) is not { } parsed)
        {
            return null;
        }

        EphemeralPorts ports = new(parsed);
        reserved = reserved.Trim();
        if (reserved.IsEmpty)
        {
            return ports;
        }

        foreach (Range part in reserved.Split(','))
        {
            if (PortRange.Parse(reserved[part]) is not { } kept)
            {
                return null;
            }

            ports.Reserve(kept);
        }

        return ports;
    }

    /// <summary>True when connect() may choose this port by itself.</summary>
    public bool CanChoose(ushort port) => Range.Contains(port) && !_reserved[port];

    private void Reserve(PortRange kept)
    {
        for (int port = kept.First; port <= kept.Last; port++)
        {
            _reservedInRange += CanChoose((ushort)port) ? 1 : 0;
            _reserved[port] = true;
        }
    }
}
