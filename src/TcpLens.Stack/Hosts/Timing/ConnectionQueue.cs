namespace TcpLens.Stack;

/// <summary>The queues that a connection can stand in, in each of them once.</summary>
internal enum QueueKind : byte
{
    /// <summary>It may have segments to send.</summary>
    Output,

    /// <summary>It may have events for its program.</summary>
    Events,

    /// <summary>Nobody has accepted it.</summary>
    Accept,
}

/// <summary>First in, first out, through links in the connections themselves: joining and leaving costs neither memory nor a search.</summary>
internal sealed class ConnectionQueue(QueueKind kind)
{
    private HostConnection? _first;
    private HostConnection? _last;

    public int Count { get; private set; }

    /// <summary>Nothing, when it stands in the queue already.</summary>
    public void Join(HostConnection connection)
    {
        if (!connection.Enter(kind))
        {
            return;
        }

        if (_last is null)
        {
            _first = connection;
        }
        else
        {
            _last.LinkIn(kind) = connection;
        }

        _last = connection;
        Count++;
    }

    public HostConnection? First => _first;

    /// <summary>Takes the first out; null when the queue is empty.</summary>
    public HostConnection? Leave()
    {
        HostConnection? first = _first;
        if (first is null)
        {
            return null;
        }

        _first = first.LinkIn(kind);
        _last = _first is null ? null : _last;
        first.LinkIn(kind) = null;
        first.Exit(kind);
        Count--;
        return first;
    }

    /// <summary>The first becomes the last: others have their turn.</summary>
    public void Rotate()
    {
        if (_first != _last && Leave() is { } first)
        {
            Join(first);
        }
    }
}
