using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>What a receiver signalled while it could acknowledge nothing new.</summary>
internal struct Signs
{
    /// <summary>ACKs in a row that repeated the one before.</summary>
    public Signals Duplicates;

    /// <summary>ACKs whose SACK blocks reach more than three segments ahead of what they acknowledge.</summary>
    public Signals FarAhead;

    /// <summary>What it acknowledged all the while.</summary>
    public SeqNum Acknowledgment;

    public readonly bool Any => (Duplicates.Count | FarAhead.Count) != 0;
}

/// <summary>When signs of one kind passed here on their way to a sender: the first three, the last, and how many there were.</summary>
internal struct Signals
{
    private long _first;
    private long _second;
    private long _third;

    /// <summary>In nanoseconds since the epoch.</summary>
    public long Last;
    public int Count;

    public void Add(long time)
    {
        Last = time;
        switch (Count)
        {
            case 0:
                _first = time;
                break;
            case 1:
                _second = time;
                break;
            case 2:
                _third = time;
                break;
        }

        Count++;
    }

    /// <summary>How near a segment comes to the time at which an answer to one of them (0 to 2) would: 1 at that time, less the further off.</summary>
    public readonly float Nearness(int which, long now, NetworkPath path) => which < Count ? NearnessOf(At(which), now, path) : 0;

    /// <summary>The same of the last, which the earlier ones make the less likely to be what was answered.</summary>
    public readonly float NearnessOfLast(int first, long now, NetworkPath path)
        => Count > first ? NearnessOf(Last, now, path) / (Count - first) : 0;

    /// <summary>True when the segment comes as an answer to one of them would, give or take so many nanoseconds.</summary>
    public readonly bool IsAnswer(int which, long now, NetworkPath path, float scatter)
        => which < Count && MathF.Abs(now - At(which) - path.Turnaround) <= scatter;

    private static float NearnessOf(long sign, long now, NetworkPath path)
        => 1 / (1 + (MathF.Abs(now - sign - path.Turnaround) / path.Scatter));

    private readonly long At(int which) => which switch { 0 => _first, 1 => _second, _ => _third };
}
