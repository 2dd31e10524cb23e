namespace TcpLens.Observation;

/// <summary>Every socket of one sample, in the kernel's order (listeners first), to be gone through again and again.</summary>
public sealed class SocketTable(int capacity = 0)
{
    private readonly Dictionary<uint, ProcessRef[]> _shared = [];
    private SocketRecord[] _records = new SocketRecord[Math.Max(capacity, 16)];
    private Dictionary<ulong, int>? _byCookie;
    private ProcessRef[] _lastAlone = [];

    public static SocketTable Empty => new();

    public int Count { get; private set; }

    /// <summary>Touches the memory of the whole capacity, which the system otherwise hands out page by page when it is filled.</summary>
    public void Warm() => Array.Clear(_records, Count, _records.Length - Count);

    public ReadOnlySpan<SocketRecord> All => _records.AsSpan(0, Count);

    public void Add(in SocketRecord record)
    {
        if (Count == _records.Length)
        {
            Array.Resize(ref _records, Count * 2);
        }

        _records[Count++] = record;
        _byCookie = null;
    }

    /// <summary>Adds a socket whose holders are known already.</summary>
    public void Add(in SocketRecord record, IReadOnlyList<ProcessRef> holders)
    {
        ArgumentNullException.ThrowIfNull(holders);
        Add(record with { Process = holders.Count > 0 ? holders[0] : null });
        if (holders.Count > 1)
        {
            _shared[record.Entry.Inode] = [.. holders];
        }
    }

    /// <summary>
    /// Fills in who holds what; a sample is taken first and its owners are looked for afterwards. Called again, it only looks at
    /// sockets whose holder is still unknown.
    /// </summary>
    public void AssignHolders(ISocketContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        for (int i = 0; i < Count; i++)
        {
            ref SocketRecord record = ref _records[i];
            if (record.Process is not null || record.Entry.Inode == 0)
            {
                continue;
            }

            SocketEntry entry = record.Entry;
            ReadOnlySpan<SocketHolder> holders = context.HoldersOf(in entry);
            if (holders is [var first, ..])
            {
                record.HoldBy(first.Process);
                if (holders.Length > 1)
                {
                    Share(entry.Inode, holders);
                }
            }
        }
    }

    /// <summary>Several descriptors, often of several processes, as after fork().</summary>
    private void Share(uint inode, ReadOnlySpan<SocketHolder> holders)
    {
        List<ProcessRef> processes = [];
        foreach (SocketHolder holder in holders)
        {
            if (!processes.Contains(holder.Process))
            {
                processes.Add(holder.Process);
            }
        }

        _shared[inode] = [.. processes];
    }

    /// <summary>True when several processes hold the socket.</summary>
    public bool IsShared(in SocketRecord record) => _shared.Count > 0 && _shared.ContainsKey(record.Entry.Inode);

    /// <summary>Every process that holds the socket, each once; empty when none does or none may be seen.</summary>
    public IReadOnlyList<ProcessRef> HoldersOf(in SocketRecord record)
    {
        if (record.Process is not { } first)
        {
            return [];
        }

        if (IsShared(in record))
        {
            return _shared[record.Entry.Inode];
        }

        // Sockets of one process stand side by side, and share one list of one.
        return _lastAlone is [var last] && ReferenceEquals(last, first) ? _lastAlone : _lastAlone = [first];
    }

    /// <summary>Makes ready for <see cref="TryFind"/>, which otherwise does it when it is first called.</summary>
    public void MakeIndex() => _byCookie ??= Index();

    /// <summary>The same connection in this sample; false when it was not there.</summary>
    public bool TryFind(ulong cookie, out SocketRecord record)
    {
        if (cookie != 0 && (_byCookie ??= Index()).TryGetValue(cookie, out int index))
        {
            record = _records[index];
            return true;
        }

        record = default;
        return false;
    }

    private Dictionary<ulong, int> Index()
    {
        var index = new Dictionary<ulong, int>(Count);
        for (int i = 0; i < Count; i++)
        {
            index[_records[i].Entry.Cookie] = i;
        }

        return index;
    }
}
