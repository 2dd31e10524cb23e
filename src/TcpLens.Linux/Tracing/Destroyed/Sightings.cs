using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>What looking at a connection while it lived told of it.</summary>
internal struct Sighting
{
    public Endpoint Local;
    public Endpoint Remote;
    public uint UserId;

    /// <summary>Inode whose holder was looked for; 0 before any.</summary>
    public uint Inode;

    /// <summary>First of the processes that held it; 0 when none was found.</summary>
    public int Pid;
    public TaskName Command;

    /// <summary>When it was first seen, on the records' clock, if it was not there the first time; 0 otherwise.</summary>
    public ulong FirstSeenNanoseconds;

    /// <summary>Number of the look that last found it.</summary>
    public int LastLook;
}

/// <summary>
/// Connections that were seen while they lived, by cookie, until their end takes them out. One thread looks, another takes. Whatever
/// the machine holds, at most <see cref="Capacity"/> are remembered, in 12 MB.
/// </summary>
internal sealed class Sightings(int capacity = Sightings.Capacity)
{
    public const int Capacity = 1 << 16;

    private readonly Dictionary<ulong, Sighting> _seen = [];
    private readonly Lock _lock = new();

    /// <summary>True when there was no room for a connection, so that its life has no owner.</summary>
    public bool WasFull { get; private set; }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _seen.Count;
            }
        }
    }

    /// <summary>Notes that a look found it.</summary>
    /// <param name="entry">The connection; without a cookie it is not noted.</param>
    /// <param name="look">Number of the look, 1 the first.</param>
    /// <param name="now">When, on the records' clock.</param>
    /// <returns>True when nobody has looked for its holder yet.</returns>
    public bool Note(in SocketEntry entry, int look, ulong now)
    {
        lock (_lock)
        {
            if (!_seen.TryGetValue(entry.Cookie, out Sighting sighting))
            {
                WasFull |= _seen.Count >= capacity;
                if (entry.Cookie == 0 || _seen.Count >= capacity)
                {
                    return false;
                }

                sighting.FirstSeenNanoseconds = look == 1 ? 0 : now;
            }

            bool isNew = entry.Inode != 0 && entry.Inode != sighting.Inode;
            sighting.Local = entry.Local;
            sighting.Remote = entry.Remote;
            sighting.UserId = entry.UserId;
            sighting.Inode = entry.Inode == 0 ? sighting.Inode : entry.Inode;
            sighting.LastLook = look;
            _seen[entry.Cookie] = sighting;
            return isNew;
        }
    }

    /// <summary>Notes who holds it, unless it has ended meanwhile.</summary>
    public void NoteOwner(ulong cookie, int pid, in TaskName command)
    {
        lock (_lock)
        {
            if (_seen.TryGetValue(cookie, out Sighting sighting))
            {
                sighting.Pid = pid;
                sighting.Command = command;
                _seen[cookie] = sighting;
            }
        }
    }

    /// <summary>
    /// After a look. What it did not find has ended, and its notice took it out, or was lost; or it has ended and its process holds it
    /// still, so that the notice is to come. It is forgotten only when room is short.
    /// </summary>
    public void LookEnded(int look)
    {
        lock (_lock)
        {
            if (_seen.Count <= capacity / 2)
            {
                return;
            }

            foreach ((ulong cookie, Sighting sighting) in _seen)
            {
                if (sighting.LastLook != look)
                {
                    _seen.Remove(cookie);
                }
            }
        }
    }

    /// <summary>What is known of a connection that ended; it is forgotten by that.</summary>
    public bool TryTake(ulong cookie, out Sighting sighting)
    {
        lock (_lock)
        {
            return _seen.Remove(cookie, out sighting);
        }
    }
}
