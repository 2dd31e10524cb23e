namespace TcpLens.Observation;

/// <summary>
/// Where trace records come from: a kernel, or a file. It never blocks, and what a slow reader loses is counted.
/// <code>
/// while (goesOn)
/// {
///     ReadOnlySpan&lt;byte&gt; octets = source.Take();
///     foreach (ref readonly TraceRecord record in new TraceBatch(octets)) { … }
///     source.Release();
///     // When nothing came: sleep for a hundredth of a second.
/// }
/// </code>
/// </summary>
public abstract class TraceSource : IDisposable
{
    /// <summary>Whole records that have come, oldest first; empty when there are none. Valid until <see cref="Release"/>.</summary>
    public abstract ReadOnlySpan<byte> Take();

    /// <summary>Gives back the space of what <see cref="Take"/> returned.</summary>
    public abstract void Release();

    /// <summary>Events that found no room since the beginning.</summary>
    public abstract ulong Lost { get; }

    /// <summary>
    /// Events that the kernel counted and wrote no record of, though there was room. Right when nothing more comes; asking costs each
    /// processor an interruption.
    /// </summary>
    public virtual ulong Unrecorded => 0;

    /// <summary>
    /// Timers of the kernel that could not be looked at. Few timers are those of a TIME_WAIT, so most likely nothing is missing; if
    /// something is, it is the end of one.
    /// </summary>
    public virtual ulong MissedTimers => 0;

    /// <summary>
    /// Changes to a state of which the beginning could not be remembered, for want of room: how long it lasts will not be known, nor what
    /// came before in the life of that socket.
    /// </summary>
    public virtual ulong UnrememberedChanges => 0;

    /// <summary>True when nothing will come any more.</summary>
    public virtual bool IsAtEnd => false;

    public abstract TraceNames Names { get; }

    /// <summary>Where the records come from, in words: "BPF programs on 4 tracepoints, a ring of 8 MiB".</summary>
    public abstract string Description { get; }

    /// <summary>What this source cannot tell, and why.</summary>
    public IReadOnlyList<BlindSpot> BlindSpots { get; protected init; } = [];

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
