using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    private static readonly Comparer<PortUse> BusyFirst = Comparer<PortUse>.Create(static (left, right) =>
        (right.Used, left.Destination.Address.Bits, left.Destination.Port, left.Source.Bits, left.Namespace)
        .CompareTo((left.Used, right.Destination.Address.Bits, right.Destination.Port, right.Source.Bits, right.Namespace)));

    private readonly Dictionary<(HostAddress Source, Endpoint Destination, uint Namespace), int> _used = [];
    private readonly BitArray _bound = new(65536);

    /// <summary>Ports left to connect(): those of the range without the ports that are bound or listen.</summary>
    public int Usable { get; private set; } = ports.Usable;

    /// <summary>Sockets to destinations that found no place in the table any more.</summary>
    public long Uncounted { get; private set; }

    /// <summary>
    /// Listeners, and sockets bound to a port and nothing more, take it from every destination: connect() passes by a port that was
    /// given out by bind() (inet_hashtables.c, __inet_hash_connect).
    /// </summary>
    public void Add(in SocketEntry entry)
    {
        if (!IsUse(in entry))
        {
            return;
        }

        if (entry.State is TcpState.Listen or TcpState.Closed)
        {
            _bound[entry.Local.Port] = true;
            Usable--;
            return;
        }

        ref int used = ref CollectionsMarshal.GetValueRefOrNullRef(_used, (entry.Local.Address, entry.Remote, entry.Namespace));
        if (!Unsafe.IsNullRef(ref used))
        {
            used++;
        }
        else if (_used.Count < DestinationsMax)
        {
            _used.Add((entry.Local.Address, entry.Remote, entry.Namespace), 1);
        }
        else
        {
            Uncounted++;
        }
    }

    /// <summary>True for a socket that holds a port which connect() could have chosen; false for a listener's connections too.</summary>
    public bool IsUse(in SocketEntry entry)
        => ports.CanChoose(entry.Local.Port) && entry.Kind != SocketKind.Request && !_bound[entry.Local.Port];

    /// <summary>At most <paramref name="count"/> destinations, the busiest first, equals by address and port.</summary>
    public IReadOnlyList<PortUse> Busiest(int count)
    {
        List<PortUse> best = [];
        foreach (((HostAddress source, Endpoint destination, uint @namespace), int used) in _used)
        {
            if (best.Count < count || (count > 0 && used >= best[^1].Used))
            {
                PortUse use = new(source, destination, @namespace, used);
                int place = best.BinarySearch(use, BusyFirst);
                best.Insert(place < 0 ? ~place : place, use);
                if (best.Count > count)
                {
                    best.RemoveAt(count);
                }
            }
        }

        return best;
    }
}
