namespace TcpLens.Lab;

/// <summary>What an epoll descriptor watches.</summary>
internal sealed class EpollSet
{
    public SortedDictionary<int, EpollEntry> Entries { get; } = [];
}

/// <summary>One watched socket.</summary>
internal sealed class EpollEntry(ScriptSocket socket, long events)
{
    private int? _toldAt;

    public ScriptSocket Socket { get; } = socket;

    public long Events { get; } = events;

    /// <summary>Whether readiness is news: always without edges; with them, when something happened since it was told.</summary>
    public bool TryTell(bool isEdgeTriggered, bool isOneShot)
    {
        bool isNews = _toldAt is not { } told || (!isOneShot && (!isEdgeTriggered || told != Socket.Edges));
        _toldAt = isNews ? Socket.Edges : _toldAt;
        return isNews;
    }
}
