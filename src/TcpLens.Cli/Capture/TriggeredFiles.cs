using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Keeps the last packets in memory, and writes them with those that follow when a trigger fires.</summary>
internal sealed class TriggeredFiles(TriggerChoice choice, string path, Func<string, byte[]> head, Func<CaptureStatistics> count) : IPacketStore, IDisposable
{
    private readonly PacketRing _ring = new(choice.RingOctets);
    private readonly Lock _lock = new();
    private readonly List<Firing> _firings = [];
    private readonly List<string> _paths = [];
    private Firing? _pending;
    private PacketFiles? _files;
    private long _endNanoseconds;
    private long _packetsOfFinished;
    private long _octetsOfFinished;

    public bool IsDone { get; private set; }

    public long PacketsKept => _packetsOfFinished + (_files?.PacketsKept ?? 0);

    public long OctetsWritten => _octetsOfFinished + (_files?.OctetsWritten ?? 0);

    public string? CurrentPath => _files?.CurrentPath;

    public IReadOnlyList<string> Paths => _paths;

    /// <summary>Those that were written about.</summary>
    public IReadOnlyList<Firing> Firings => _firings;

    /// <summary>Called by the thread that follows connections. While a file is written, and after the last one, nothing new begins.</summary>
    public void Fire(Firing firing)
    {
        lock (_lock)
        {
            _pending ??= firing;
        }
    }

    public void Keep(ReadOnlySpan<byte> blocks, int packets)
    {
        if (_files is null)
        {
            _ring.Add(blocks);
            TakeUp();
        }
        else
        {
            WriteUntilEnd(blocks);
        }
    }

    /// <summary>A trigger may fire, and its time may end, while no packet comes.</summary>
    public void Note()
    {
        TakeUp();
        _files?.Note();
        if (_files is not null && count().EndNanoseconds > _endNanoseconds)
        {
            Finish();
        }
    }

    public void Complete()
    {
        TakeUp();
        if (_files is not null)
        {
            Finish();
        }
    }

    public void Dispose() => _files?.Dispose();

    private void TakeUp()
    {
        Firing? firing;
        lock (_lock)
        {
            firing = _files is null && !IsDone ? _pending : null;
        }

        if (firing is null)
        {
            return;
        }

        _firings.Add(firing);
        _endNanoseconds = firing.AtNanoseconds + (choice.After.Ticks * TimeSpan.NanosecondsPerTick);
        _files = new PacketFiles(choice.Again ? PacketFiles.NumberedPath(path, _firings.Count) : path, rotation: null, head($"{firing.Trigger}: {firing.Reason}"), count);
        _files.Open(owner: null);
        _paths.Add(_files.CurrentPath!);
        _ring.Drain(firing.AtNanoseconds - (choice.Before.Ticks * TimeSpan.NanosecondsPerTick), _files.Keep);
    }

    private void WriteUntilEnd(ReadOnlySpan<byte> blocks)
    {
        int length = 0, packets = 0;
        while (length < blocks.Length)
        {
            int next = PcapngBlocks.ReadPacket(blocks[length..], out long time, out _, out _);
            if (time > _endNanoseconds)
            {
                break;
            }

            length += next;
            packets++;
        }

        _files?.Keep(blocks[..length], packets);
        if (length < blocks.Length)
        {
            Finish();
            _ring.Add(blocks[length..]);
        }
    }

    private void Finish()
    {
        if (_files is not null)
        {
            _files.Complete();
            _packetsOfFinished += _files.PacketsKept;
            _octetsOfFinished += _files.OctetsWritten;
            _files.Dispose();
            _files = null;
            IsDone = !choice.Again;
        }

        lock (_lock)
        {
            _pending = null;
        }
    }
}

/// <summary>What --trigger and its companions ask for.</summary>
internal sealed record TriggerChoice
{
    /// <summary>Any of them.</summary>
    public required IReadOnlyList<Trigger> Triggers { get; init; }

    /// <summary>How long before the trigger the file begins, as far as the ring reaches.</summary>
    public TimeSpan Before { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after it the file ends.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Octets of memory for the packets before it.</summary>
    public int RingOctets { get; init; } = 64_000_000;

    /// <summary>Goes on to wait for the next one, which gets a file of its own.</summary>
    public bool Again { get; init; }
}
