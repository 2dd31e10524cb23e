namespace TcpLens.Linux;

/// <summary>When connections were first seen, by cookie. Linux keeps no birth date of a socket, so this is "at least so old".</summary>
public sealed class FirstSeen(TimeProvider clock)
{
    /// <summary>Connections remembered; beyond, all are forgotten and seen anew. 400,000 take 16 MB.</summary>
    public const int Capacity = 1 << 20;

    private readonly Dictionary<ulong, long> _seen = [];

    public void Note(ulong cookie)
    {
        if (_seen.Count == Capacity)
        {
            _seen.Clear();
        }

        _seen.TryAdd(cookie, clock.GetTimestamp());
    }

    public TimeSpan? AgeOf(ulong cookie) => _seen.TryGetValue(cookie, out long since) ? clock.GetElapsedTime(since) : null;
}
