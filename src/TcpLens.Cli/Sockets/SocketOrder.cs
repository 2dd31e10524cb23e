using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Puts sockets in order. With a limit it keeps no more than that many at any time.</summary>
internal sealed class SocketOrder(ListLayout layout, ISocketContext context)
{
    private readonly List<(SortKey Key, KeptSocket Socket)> _kept = [];

    public void Add(in SocketEntry entry, SocketDetail? detail)
    {
        SortKey key = layout.Sort?.Key(new ShownSocket(in entry, detail, context, names: null)) ?? default;
        if (layout.Top is not { } top || layout.Sort is null)
        {
            if (layout.Top is null || _kept.Count < layout.Top)
            {
                _kept.Add((key, new KeptSocket(in entry, detail?.Copy())));
            }

            return;
        }

        if (_kept.Count == top && Compare(key, _kept[^1].Key) >= 0)
        {
            return;
        }

        int place = _kept.Count;
        while (place > 0 && Compare(key, _kept[place - 1].Key) < 0)
        {
            place--;
        }

        _kept.Insert(place, (key, new KeptSocket(in entry, detail?.Copy())));
        if (_kept.Count > top)
        {
            _kept.RemoveAt(top);
        }
    }

    public List<KeptSocket> Take()
    {
        if (layout.Sort is not null && layout.Top is null)
        {
            _kept.Sort((left, right) => Compare(left.Key, right.Key));
        }

        return _kept.ConvertAll(static kept => kept.Socket);
    }

    /// <summary>Unknown values stand last in both directions.</summary>
    private int Compare(SortKey left, SortKey right)
    {
        if (left.IsKnown != right.IsKnown)
        {
            return left.IsKnown ? -1 : 1;
        }

        return layout.SmallestFirst ? left.CompareTo(right) : right.CompareTo(left);
    }
}
