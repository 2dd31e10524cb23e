namespace TcpLens.Linux;

/// <summary>
/// TCP sockets that ended (reset, timed out, closed from both sides) while a descriptor still holds them, by process. They are in no
/// socket table: only the kernel's walk over open files knows them, or a descriptor that is a TCP socket no table has.
/// </summary>
internal sealed class ClosedSockets
{
    private readonly Dictionary<int, HashSet<uint>> _byProcess = [];

    /// <summary>False when never-connected sockets may be among them, because only their absence from the tables was seen.</summary>
    public bool IsExact { get; init; }

    /// <summary>Processes that hold at least one.</summary>
    public IReadOnlyCollection<int> Processes => _byProcess.Keys;

    /// <summary>A second descriptor of the same socket in the same process adds nothing.</summary>
    public void Add(int pid, uint inode)
    {
        if (!_byProcess.TryGetValue(pid, out HashSet<uint>? sockets))
        {
            _byProcess.Add(pid, sockets = []);
        }

        sockets.Add(inode);
    }

    public long CountOf(int pid) => _byProcess.TryGetValue(pid, out HashSet<uint>? sockets) ? sockets.Count : 0;
}
