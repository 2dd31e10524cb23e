using System.Collections;
using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>
/// The ephemeral ports that connections from one address to one destination hold, in whatever state (TIME_WAIT too). The inode of
/// the namespace belongs to the key: every namespace has ports of its own.
/// </summary>
public readonly record struct PortUse(HostAddress Source, Endpoint Destination, uint Namespace, int Used);

/// <summary>
/// Counts port use by (source address, destination address, destination port), the key under which ports run out.
/// <code>
/// while (walk.Read(out SocketEntry entry)) { use.Add(in entry); }
/// foreach (PortUse busiest in use.Busiest(3)) { …  100.0 * busiest.Used / use.Usable … }
/// </code>
/// Listeners should come first, as they do in Linux's walks: the connections a listener accepted share its port, and are not counted.
/// </summary>
public sealed class PortUseTable(EphemeralPorts ports)
{
    /// <summary>Destinations told apart: a busy destination has thousands of ports and shows up early in any walk.</summary>
    public const int DestinationsMax = 65536;

    private readonly Dictionary<(HostAddress Source, Endpoint Destination, uint Namespace), int> _used = [];
    private readonly BitArray _listening = new(65536);

    /// <summary>Ports left to connect(): those of the range without the ports that listen.</summary>
    public int Usable { get; private set; } = ports.Usable;

    /// <summary>Sockets to destinations that found no place in the table any more.</summary>
    public long Uncounted { get; private set; }

    public void Add(in SocketEntry entry)
    {
        ushort port = entry.Local.Port;
        if (!ports.CanChoose(port) || _listening[port] || entry.Kind == SocketKind.Request)
        {
            return;
        }

        if (entry.State == TcpState.Listen)
        {
            _listening[port] = true;
            Usable--;
            return;
        }

        (HostAddress, Endpoint, uint) key = (entry.Local.Address, entry.Remote, entry.Namespace);
        if (_used.TryGetValue(key, out int used))
        {
            _used[key] = used + 1;
        }
        else if (_used.Count < DestinationsMax)
        {
            _used.Add(key, 1);
        }
        else
        {
            Uncounted++;
        }
    }

    /// <summary>At most <paramref name="count"/> destinations, the busiest first, equals by address and port.</summary>
    public IReadOnlyList<PortUse> Busiest(int count)
    {
        List<PortUse> all = new(_used.Count);
        foreach (((HostAddress source, Endpoint destination, uint @namespace), int used) in _used)
        {
            all.Add(new PortUse(source, destination, @namespace, used));
        }

        all.Sort(static (left, right) =>
            (right.Used, left.Destination.Address.Bits, left.Destination.Port, left.Source.Bits)
            .CompareTo((left.Used, right.Destination.Address.Bits, right.Destination.Port, right.Source.Bits)));
        return all.Count <= count ? all : all.GetRange(0, count);
    }
}
