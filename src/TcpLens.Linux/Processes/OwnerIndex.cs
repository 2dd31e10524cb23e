using System.Numerics;
using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Which processes hold which sockets: 32 to 64 octets a socket, 16 for each further holder, so 411,000 sockets take 16 MB. Names of processes are read when
/// they are first asked for, once a process.
/// </summary>
public sealed class OwnerIndex
{
    private readonly ProcFs _proc;
    private readonly HashSet<uint>? _wanted;
    private readonly Dictionary<int, ProcessRef> _processes = [];
    private Link[] _firsts = new Link[512];     // Open addressing by inode, at most half full: one cache miss a look-up.
    private Link[] _others = [];                // Further holders of the same sockets, chained from the first, latest first.
    private int _othersCount;
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
    internal int Unfound => _wanted is null ? 0 : _wanted.Count - Sockets;

    internal bool IsSelective => _wanted is not null;

    /// <summary>Sockets that have a holder.</summary>
    private int Sockets { get; set; }

    /// <summary>
    /// Every holder of a socket, in order of process and descriptor where the source had one. The span is overwritten by the next call.
    /// </summary>
    public ReadOnlySpan<SocketHolder> HoldersOf(uint inode)
    {
        ref readonly Link first = ref _firsts[PlaceOf(inode)];
        if (inode == 0 || first.Inode == 0)
        {
            return [];
        }

        _answer[0] = new SocketHolder(ProcessOf(first.Pid), first.Descriptor);
        int count = 1;
        for (int next = first.Next; next != 0; next = _others[next - 1].Next)
        {
            if (count == _answer.Length)
            {
                Array.Resize(ref _answer, 2 * count);
            }

            _answer[count++] = new SocketHolder(ProcessOf(_others[next - 1].Pid), _others[next - 1].Descriptor);
        }

        Span<SocketHolder> holders = _answer.AsSpan(0, count);
        holders[1..].Reverse();
        return holders;
    }

    /// <summary>Every descriptor noted, in no order.</summary>
    internal IEnumerable<(uint Inode, int Pid, int Descriptor)> All()
    {
        foreach (Link link in _firsts.Concat(_others.Take(_othersCount)))
        {
            if (link.Inode != 0)
            {
                yield return (link.Inode, link.Pid, link.Descriptor);
            }
        }
    }

    internal void Add(uint inode, int pid, int descriptor)
    {
        if (inode == 0 || (_wanted is not null && !_wanted.Contains(inode)))
        {
            return;
        }

        Count++;
        ref Link first = ref _firsts[PlaceOf(inode)];
        if (first.Inode == 0)
        {
            first = new Link(inode, pid, descriptor, 0);
            Sockets++;
            Reserve(Sockets);
            return;
        }

        if (_othersCount == _others.Length)
        {
            Array.Resize(ref _others, Math.Max(16, 2 * _othersCount));
        }

        _others[_othersCount++] = new Link(inode, pid, descriptor, first.Next);
        first = first with { Next = _othersCount };
    }

    /// <summary>Makes room for so many sockets at once; growing step by step moves each one twice.</summary>
    internal void Reserve(int sockets)
    {
        if (2 * sockets <= _firsts.Length)
        {
            return;
        }

        Link[] smaller = _firsts;
        _firsts = new Link[BitOperations.RoundUpToPowerOf2((uint)(2 * sockets))];
        foreach (Link link in smaller)
        {
            if (link.Inode != 0)
            {
                _firsts[PlaceOf(link.Inode)] = link;
            }
        }
    }

    internal void Clear()
    {
        Array.Clear(_firsts);
        (Count, Sockets, _othersCount) = (0, 0, 0);
    }

    /// <summary>
    /// Where the inode stands, or the free place it would take. Multiplied by 2^32 over the golden ratio, a number's highest bits
    /// depend on all of its own (Knuth): inodes may come in any pattern.
    /// </summary>
    private uint PlaceOf(uint inode)
    {
        uint last = (uint)_firsts.Length - 1;
        uint place = (uint)(((ulong)unchecked(inode * 2654435769) * (ulong)_firsts.Length) >> 32);
        while (_firsts[place].Inode != inode && _firsts[place].Inode != 0)
        {
            place = (place + 1) & last;
        }

        return place;
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

    private readonly record struct Link(uint Inode, int Pid, int Descriptor, int Next);
}
