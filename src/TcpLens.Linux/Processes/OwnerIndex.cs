using System.Numerics;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Which processes hold which sockets: 20 octets a descriptor, so 411,000 of them take about 10 MB. Names of processes are read when
/// they are first asked for, once a process.
/// </summary>
public sealed class OwnerIndex
{
    private readonly ProcFs _proc;
    private readonly HashSet<uint>? _wanted;
    private readonly Dictionary<int, ProcessRef> _processes = [];
    private int[] _buckets = new int[256];      // By hash of the inode: where its chain begins, counted from 1.
    private Link[] _links = new Link[256];
    private SocketHolder[] _answer = new SocketHolder[4];
    private ProcessRef? _last;

    /// <param name="proc">Where processes are asked for their names.</param>
    /// <param name="wanted">The only inodes worth noting; empty for all. Inode 0 never counts, nobody holds it.</param>
    internal OwnerIndex(ProcFs proc, ReadOnlySpan<uint> wanted)
    {
        _proc = proc;
        if (!wanted.IsEmpty)
        {
            _wanted = new HashSet<uint>(wanted.Length);
            foreach (uint inode in wanted)
            {
                _wanted.Add(inode);
            }

            _wanted.Remove(0);
        }
    }

    /// <summary>Which way the owners were found, and what could not be seen on it, in words.</summary>
    public string Source { get; internal set; } = "";

    /// <summary>Processes whose descriptors we were not allowed to read.</summary>
    public int UnreadableProcesses { get; internal set; }

    /// <summary>Descriptors noted.</summary>
    public int Count { get; private set; }

    /// <summary>Wanted inodes without a holder so far; 0 when all were wanted.</summary>
    internal int Unfound => _wanted is null ? 0 : _wanted.Count - Found;

    internal bool IsSelective => _wanted is not null;

    private int Found { get; set; }

    /// <summary>
    /// Every holder of a socket, in order of process and descriptor where the source had one. The span is overwritten by the next call.
    /// </summary>
    public ReadOnlySpan<SocketHolder> HoldersOf(uint inode)
    {
        int count = 0;
        for (int next = _buckets[Bucket(inode)]; next != 0; next = _links[next - 1].Next)
        {
            ref readonly Link link = ref _links[next - 1];
            if (link.Inode != inode)
            {
                continue;
            }

            if (count == _answer.Length)
            {
                Array.Resize(ref _answer, 2 * count);
            }

            _answer[count++] = new SocketHolder(ProcessOf(link.Pid), link.Descriptor);
        }

        Span<SocketHolder> holders = _answer.AsSpan(0, count);
        holders.Reverse();   // A chain begins with what came last.
        return holders;
    }

    internal void Add(uint inode, int pid, int descriptor)
    {
        if (inode == 0 || (_wanted is not null && !_wanted.Contains(inode)))
        {
            return;
        }

        if (_wanted is not null && !Contains(inode))
        {
            Found++;
        }

        if (Count == _links.Length)
        {
            Resize(2 * Count);
        }

        ref int bucket = ref _buckets[Bucket(inode)];
        _links[Count++] = new Link(inode, pid, descriptor, bucket);
        bucket = Count;
    }

    /// <summary>Makes room for so many descriptors at once; growing step by step moves each one twice.</summary>
    internal void Reserve(int descriptors)
    {
        if (descriptors > _links.Length)
        {
            Resize((int)BitOperations.RoundUpToPowerOf2((uint)descriptors));
        }
    }

    internal void Clear()
    {
        Array.Clear(_buckets);
        (Count, Found) = (0, 0);
    }

    private bool Contains(uint inode)
    {
        for (int next = _buckets[Bucket(inode)]; next != 0; next = _links[next - 1].Next)
        {
            if (_links[next - 1].Inode == inode)
            {
                return true;
            }
        }

        return false;
    }

    private ProcessRef ProcessOf(int pid)
    {
        if (_last?.Pid == pid)
        {
            return _last;
        }

        if (!_processes.TryGetValue(pid, out ProcessRef? process))
        {
            process = _proc.Describe(pid);
            _processes.Add(pid, process);
        }

        return _last = process;
    }

    private void Resize(int capacity)
    {
        Array.Resize(ref _links, capacity);
        _buckets = new int[capacity];
        for (int i = 0; i < Count; i++)
        {
            ref int bucket = ref _buckets[Bucket(_links[i].Inode)];
            _links[i] = _links[i] with { Next = bucket };
            bucket = i + 1;
        }
    }

    /// <summary>
    /// Multiplied by 2^32 over the golden ratio, a number's highest bits depend on all of its own (Knuth): inodes may come in any pattern.
    /// </summary>
    private uint Bucket(uint inode) => (uint)(((ulong)unchecked(inode * 2654435769) * (ulong)_buckets.Length) >> 32);

    private readonly record struct Link(uint Inode, int Pid, int Descriptor, int Next);
}
