using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>Walks one namespace after the other. One that has vanished meanwhile is a blind spot, unless it was the only one.</summary>
internal sealed class PlacesWalk(LiveMachine machine, SocketQuery query, bool forGroups) : SocketWalk
{
    private int _next;
    private SocketWalk? _current;
    private uint _place;

    public override SocketDetail? Detail => _current?.Detail;

    public override bool Read(out SocketEntry entry)
    {
        while (true)
        {
            _current ??= Open();
            if (_current is null)
            {
                entry = default;
                return false;
            }

            if (_current.Read(out entry))
            {
                entry = entry.Namespace == 0 ? entry with { Namespace = _place } : entry;
                return true;
            }

            machine.Finished(_current);
            _current.Dispose();
            _current = null;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _current?.Dispose();
        base.Dispose(disposing);
    }

    private SocketWalk? Open()
    {
        while (_next < machine.Places.Count)
        {
            NetworkNamespace place = machine.Places[_next++];
            _place = place.Inode;
            if (machine.Visit(place, () => machine.WalkPlace(place, query, forGroups), out SocketWalk? walk))
            {
                return walk;
            }
        }

        return null;
    }
}
