using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Sockets one after the other, as the source hands them out; nothing is kept, so memory does not grow with their number.
/// <code>
/// using SocketWalk walk = diag.Walk(query);
/// while (walk.Read(out SocketEntry entry)) { … }
/// </code>
/// </summary>
public abstract class SocketWalk : IDisposable
{
    /// <summary>What the source said of the entry last read beyond the entry itself; overwritten by the next read.</summary>
    public virtual SocketDetail? Detail => null;

    /// <summary>Reads the next socket; false at the end of the walk.</summary>
    /// <exception cref="SystemCallException">The kernel refused the walk, or ended it with an error.</exception>
    public abstract bool Read(out SocketEntry entry);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
