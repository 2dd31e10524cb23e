using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// What ICMP told of paths that take less than the link does (RFC 1191, RFC 8201). A path is forgotten after a while, and whoever opens
/// a connection then tries the link's MTU again; so is the oldest one when there are too many.
/// </summary>
internal sealed class PathMtuCache(TimeSpan age, int most)
{
    private readonly Dictionary<HostAddress, Path> _paths = [];
    private readonly Queue<(HostAddress Remote, Instant Since)> _line = [];

    /// <summary>The path's MTU when a smaller one than <paramref name="link"/> is known, else that.</summary>
    public int For(HostAddress remote, int link, Instant now)
        => _paths.TryGetValue(remote, out Path path) && now - path.Since < age ? Math.Min(path.Mtu, link) : link;

    public void Remember(HostAddress remote, int mtu, Instant now)
    {
        if (most == 0)
        {
            return;
        }

        if (_paths.Count == most && !_paths.ContainsKey(remote))
        {
            ForgetOldest();
        }

        if (_line.Count >= most * 2)
        {
            DropStale();
        }

        _paths[remote] = new(mtu, now);
        _line.Enqueue((remote, now));
    }

    private void ForgetOldest()
    {
        while (_line.TryDequeue(out (HostAddress Remote, Instant Since) oldest))
        {
            // A path that was told of again stands further back in the line, too.
            if (_paths.TryGetValue(oldest.Remote, out Path path) && path.Since == oldest.Since)
            {
                _paths.Remove(oldest.Remote);
                return;
            }
        }
    }

    private void DropStale()
    {
        for (int left = _line.Count; left > 0; left--)
        {
            (HostAddress remote, Instant since) = _line.Dequeue();
            if (_paths.TryGetValue(remote, out Path path) && path.Since == since)
            {
                _line.Enqueue((remote, since));
            }
        }
    }

    private readonly record struct Path(int Mtu, Instant Since);
}
