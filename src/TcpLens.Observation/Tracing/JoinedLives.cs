using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>
/// Two sources as one: of lives, the first knows the path through the states, the second the octets (<see cref="LifeJoiner"/>). Whatever
/// else the first tells is passed on at once; lives follow when they are whole, or when their other half is late.
/// </summary>
public sealed class JoinedLives : TraceSource
{
    private readonly TraceSource _paths;
    private readonly TraceSource _counts;
    private readonly Func<Instant> _now;
    private readonly TraceFrames _told = new();
    private readonly LifeJoiner _joiner;

    /// <param name="paths">Disposed of with this object.</param>
    /// <param name="counts">Tells lives only; disposed of with this object.</param>
    /// <param name="now">The clock of the records.</param>
    /// <param name="blindSpots">What neither of the two can tell.</param>
    public JoinedLives(TraceSource paths, TraceSource counts, Func<Instant> now, IReadOnlyList<BlindSpot> blindSpots)
    {
        _paths = paths;
        _counts = counts;
        _now = now;
        _joiner = new LifeJoiner(_told);
        BlindSpots = blindSpots;
    }

    public override ulong Lost => _paths.Lost + _counts.Lost;

    public override ulong Unrecorded => _paths.Unrecorded + _counts.Unrecorded;

    public override ulong UnrememberedChanges => _paths.UnrememberedChanges + _counts.UnrememberedChanges;

    public override bool IsAtEnd => _paths.IsAtEnd && _counts.IsAtEnd && _joiner.Waiting == 0 && _told.IsEmpty;

    public override TraceNames Names => _paths.Names;

    public override string Description => $"{_paths.Description}; octets of lives: {_counts.Description}";

    /// <inheritdoc/>
    /// <remarks>What is counted is read first: a connection's last state change came before its socket was freed, so its path is there by then.</remarks>
    public override ReadOnlySpan<byte> Take()
    {
        Instant now = _now();
        TakeCounts(now);
        TakePaths(now);
        if (_paths.IsAtEnd && _counts.IsAtEnd)
        {
            _joiner.OnEnd();
        }

        _joiner.OnTimeout(now);
        return _told.Octets;
    }

    public override void Release() => _told.Clear();

    protected override void Dispose(bool disposing)
    {
        _paths.Dispose();
        _counts.Dispose();
        base.Dispose(disposing);
    }

    private void TakeCounts(Instant now)
    {
        TraceBatch batch = new(_counts.Take());
        while (batch.MoveNext())
        {
            LifeTail tail = batch.Tail;
            _joiner.OnCounts(in batch.Current, in tail, now);
        }

        _counts.Release();
    }

    private void TakePaths(Instant now)
    {
        TraceBatch batch = new(_paths.Take());
        while (batch.MoveNext())
        {
            if (batch.Current.Kind == TraceKind.LifeEnded)
            {
                LifeTail tail = batch.Tail;
                _joiner.OnPath(in batch.Current, in tail, now);
            }
            else
            {
                _told.Add(in batch.Current);
            }
        }

        _paths.Release();
    }
}
