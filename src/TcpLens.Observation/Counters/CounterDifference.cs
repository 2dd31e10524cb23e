namespace TcpLens.Observation;

/// <summary>One counter between two samples.</summary>
/// <param name="Name">Which counter.</param>
/// <param name="Value">Its value in the later sample.</param>
/// <param name="Change">Increase of a counter, or change of a gauge; null when unknown: new in the later sample, or gone backwards.</param>
/// <param name="PerSecond"><paramref name="Change"/> by the second; null when that or the time is unknown.</param>
public readonly record struct CounterChange(CounterName Name, long Value, long? Change, double? PerSecond);

/// <summary>What all counters did between two samples.</summary>
public sealed class CounterDifference
{
    private readonly CounterChange[] _changes;

    internal CounterDifference(CounterChange[] changes, TimeSpan elapsed)
    {
        _changes = changes;
        Elapsed = elapsed;
    }

    public TimeSpan Elapsed { get; }

    /// <summary>Every counter of the later sample, moved or not.</summary>
    public ReadOnlySpan<CounterChange> All => _changes;

    /// <summary>The change of one counter; null when the kernel does not have it or the change is unknown.</summary>
    public long? this[string name]
    {
        get
        {
            foreach (CounterChange change in _changes)
            {
                if (change.Name.Text == name)
                {
                    return change.Change;
                }
            }

            return null;
        }
    }

    /// <summary>Those that are known to have moved, in the kernel's order.</summary>
    public IEnumerable<CounterChange> Moved()
    {
        foreach (CounterChange change in _changes)
        {
            if (change.Change is not (null or 0))
            {
                yield return change;
            }
        }
    }
}
