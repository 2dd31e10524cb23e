namespace TcpLens.Linux;

/// <summary>
/// The records of all processors in the order of their times. A processor may have taken the time for a record that it has not written
/// yet, so only what is a little older than the look at the rings is in order; the rest waits for the next look.
/// <code>
/// merge.Look(until);
/// while (merge.Next() is { } ring) { … ring.Current …; ring.Pass(); }
/// merge.Release();
/// </code>
/// </summary>
internal sealed class PerfMerge(IReadOnlyList<PerfRing> rings)
{
    private readonly PerfRing[] _rings = [.. rings];
    private PerfRing? _ring;
    private ulong _until;
    private ulong _othersFirst;

    /// <param name="until">Records that are later than this wait.</param>
    public void Look(ulong until)
    {
        _until = until;
        _ring = null;
        foreach (PerfRing ring in _rings)
        {
            ring.Look();
        }
    }

    /// <summary>The ring whose current record is the next one; null when there is none.</summary>
    public PerfRing? Next()
    {
        // A processor has often written many records before another wrote one: no need to look at the others for each.
        if (_ring is not { HasCurrent: true } ring || ring.Time > _othersFirst)
        {
            Choose();
        }

        return _ring;
    }

    public void Release()
    {
        foreach (PerfRing ring in _rings)
        {
            ring.Release();
        }
    }

    private void Choose()
    {
        ulong least = _until;
        _ring = null;
        _othersFirst = _until;
        foreach (PerfRing ring in _rings)
        {
            if (!ring.HasCurrent)
            {
                continue;
            }

            if (ring.Time <= least && (_ring is null || ring.Time < least))
            {
                _othersFirst = _ring is null ? _until : least;
                (_ring, least) = (ring, ring.Time);
            }
            else
            {
                _othersFirst = Math.Min(_othersFirst, ring.Time);
            }
        }
    }
}
