using System.Runtime.InteropServices;
using System.Text;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>
/// Looks at the connections of some namespaces again and again, on a thread of its own, and notes which there are and who holds them: what
/// a notice of a connection's end does not say. Where a look takes long, pauses grow, so that it never takes more than a twentieth of
/// a processor.
/// </summary>
internal sealed class PeriodicLook : IDisposable
{
    private const int PausesPerLook = 19;

    /// <summary>Listeners are no connections, and what is in TIME_WAIT has had its notice.</summary>
    private static readonly SocketQuery Connections = new()
    {
        States = ~StateSet.Of(TcpState.Listen, TcpState.TimeWait, TcpState.Closed),
    };

    private readonly IReadOnlyList<SockDiagSocket> _places;
    private readonly Sightings _sightings;
    private readonly TimeSpan _interval;
    private readonly OwnerFinder _finder;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private readonly List<uint> _inodes = [];
    private readonly List<ulong> _cookies = [];
    private int _looks;

    /// <param name="places">One for each namespace; they are disposed of with this object.</param>
    /// <param name="sightings">Where to note.</param>
    /// <param name="interval">Between two looks, at least.</param>
    /// <param name="mayUseBpf">False to find owners by /proc alone.</param>
    public PeriodicLook(IReadOnlyList<SockDiagSocket> places, Sightings sightings, TimeSpan interval, bool mayUseBpf)
    {
        _places = places;
        _sightings = sightings;
        _interval = interval;
        _finder = new OwnerFinder(new ProcFs(), mayUseBpf);
        _thread = new Thread(LookAgainAndAgain) { IsBackground = true, Name = "look at sockets" };
        _thread.Start();
    }

    /// <summary>Looks so far.</summary>
    public int Looks => Volatile.Read(ref _looks);

    /// <summary>Waits for a look that is under way.</summary>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
        foreach (SockDiagSocket place in _places)
        {
            place.Dispose();
        }
    }

    private void LookAgainAndAgain()
    {
        TimeSpan pause;
        do
        {
            Instant began = MonotonicClock.Now();
            int look = _looks + 1;
            bool isComplete = true;
            foreach (SockDiagSocket place in _places)
            {
                isComplete &= Look(place, look);
            }

            if (isComplete)
            {
                _sightings.LookEnded(look);
            }

            Volatile.Write(ref _looks, look);
            TimeSpan took = MonotonicClock.Now() - began;
            pause = took * PausesPerLook > _interval ? took * PausesPerLook : _interval;
        }
        while (!_stop.Wait(pause));
    }

    /// <returns>False when the walk broke off; what was seen until then is noted, and the next look sees the rest.</returns>
    private bool Look(SockDiagSocket place, int look)
    {
        _inodes.Clear();
        _cookies.Clear();
        try
        {
            using DiagWalk walk = new(place, Connections);
            while (!_stop.IsSet && walk.Read(out SocketEntry entry))
            {
                if (entry.Kind != SocketKind.TimeWait && _sightings.Note(in entry, look, (ulong)MonotonicClock.Now().Nanoseconds))
                {
                    _inodes.Add(entry.Inode);
                    _cookies.Add(entry.Cookie);
                }
            }

            NoteOwners(place.NamespaceInode);
            return walk.IsComplete;
        }
        catch (SystemCallException)
        {
            return false;
        }
    }

    private void NoteOwners(uint @namespace)
    {
        if (_inodes.Count == 0)
        {
            return;
        }

        OwnerIndex owners = _finder.Find(CollectionsMarshal.AsSpan(_inodes), @namespace);
        for (int i = 0; i < _inodes.Count; i++)
        {
            if (owners.HoldersOf(_inodes[i]) is [var holder, ..])
            {
                TaskName command = TaskName.From(Encoding.UTF8.GetBytes(holder.Process.Command));
                _sightings.NoteOwner(_cookies[i], holder.Process.Pid, in command);
            }
        }
    }
}
