using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// A walk with tcp_info that no sleeping lock holder can stop. A helper process dumps; almost always it reaches the end. When it
/// hangs, the plain dump (which takes no lock) gives the sockets that are missing, and helpers ask for them one by one: a socket
/// on which one hangs is marked as locked, and the next helper goes on behind it.
/// </summary>
internal sealed class InfoWalk : SocketWalk
{
    /// <summary>Hung helpers to leave behind at most; they end when the lock is let go. Sockets after that come without tcp_info.</summary>
    public const int LockedMax = 16;

    private readonly NetworkNamespace _place;
    private readonly INetlink _netlink;
    private readonly SocketQuery _query;
    private readonly GuardedNetlink _guarded;
    private readonly DiagWalk _dump;
    private readonly DetailScratch _scratch = new();
    private readonly List<ulong> _seen = [];
    private List<SocketEntry>? _missing;
    private int _next;
    private bool _asking;
    private bool _givenUp;

    public InfoWalk(NetworkNamespace place, INetlink netlink, SocketQuery query)
    {
        _place = place;
        _netlink = netlink;
        _query = query;
        _guarded = new GuardedNetlink(place);
        _dump = new DiagWalk(_guarded, query);
    }

    public override SocketDetail? Detail => _missing is null ? _dump.Detail : _scratch.Detail;

    /// <summary>Sockets whose lock a task holds while it sleeps.</summary>
    public List<SocketEntry> Locked { get; } = [];

    /// <summary>Helpers left behind, asleep in the kernel until the lock is let go.</summary>
    public int HungHelpers { get; private set; }

    public override bool Read(out SocketEntry entry)
    {
        if (_missing is null)
        {
            try
            {
                if (_dump.Read(out entry))
                {
                    _seen.Add(entry.Cookie);
                    return true;
                }

                _missing = _dump.IsComplete ? [] : Missing();
            }
            catch (TimeoutException)
            {
                HungHelpers++;
                _missing = Missing();
            }
        }

        return ReadMissing(out entry);
    }

    protected override void Dispose(bool disposing)
    {
        _dump.Dispose();
        _guarded.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>What the plain dump has and the hung one had not delivered. Mini-sockets have no tcp_info and no lock: they come last.</summary>
    private List<SocketEntry> Missing()
    {
        HashSet<ulong> seen = [.. _seen];
        List<SocketEntry> full = [], mini = [];
        using var plain = new DiagWalk(_netlink, _query with { Details = SocketDetails.None });
        while (plain.Read(out SocketEntry entry))
        {
            if (!seen.Contains(entry.Cookie))
            {
                (entry.Kind == SocketKind.Full ? full : mini).Add(entry);
            }
        }

        full.AddRange(mini);
        return full;
    }

    private bool ReadMissing(out SocketEntry entry)
    {
        while (_next < _missing!.Count)
        {
            entry = _missing[_next];
            if (entry.Kind != SocketKind.Full || _givenUp || Locked.Count == LockedMax)
            {
                _scratch.Clear();
                _next++;
                return true;
            }

            if (!_asking)
            {
                AskFrom(_next);
            }

            try
            {
                if (TakeAnswer(ref entry))
                {
                    return true;
                }
            }
            catch (TimeoutException)
            {
                HungHelpers++;
                _asking = false;
                _next++;
                Locked.Add(entry);
                _scratch.Clear();
                _scratch.Detail.IsLocked = true;
                return true;
            }
        }

        entry = default;
        return false;
    }

    private void AskFrom(int index)
    {
        using var requests = new MemoryStream();
        for (int i = index; i < _missing!.Count && _missing[i].Kind == SocketKind.Full; i++)
        {
            requests.Write(DiagRequest.Exact(_missing[i], _query.Details, (uint)i));
        }

        _guarded.Send(requests.GetBuffer().AsSpan(0, (int)requests.Length));
        _asking = true;
    }

    /// <summary>The answer to the question asked for <paramref name="entry"/>; false when the socket is gone meanwhile.</summary>
    private bool TakeAnswer(ref SocketEntry entry)
    {
        Span<byte> answer = stackalloc byte[4096];
        int length = _guarded.Receive(answer);
        _next++;
        if (length == 0)
        {
            // The helper ended before its time (killed, out of memory): what is left comes without tcp_info.
            _givenUp = true;
            _scratch.Clear();
            return true;
        }

        var reader = new NetlinkReader(answer[..length]);
        return reader.MoveNext()
            && reader.Current.Type == DiagRequest.SockDiagByFamily
            && DiagEntryReader.TryRead(reader.Current.Payload, entry.Transport, _place.Inode, _scratch, out entry);
    }
}
