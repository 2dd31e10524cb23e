namespace TcpLens.Cli;

/// <summary>Tells when something came more often than so many times within one second.</summary>
/// <param name="threshold">So many are not yet too many; 0: the first is.</param>
internal sealed class SecondCounter(int threshold)
{
    private const long Second = 1_000_000_000;

    /// <summary>The last times, each at its turn.</summary>
    private readonly long[] _times = new long[threshold];
    private long _count;

    /// <summary>Notes one more, and says whether it is one too many.</summary>
    public bool IsExceededAt(long nanoseconds)
    {
        if (threshold == 0)
        {
            return true;
        }

        ref long earliest = ref _times[_count % threshold];
        bool isExceeded = _count >= threshold && nanoseconds - earliest < Second;
        earliest = nanoseconds;
        _count++;
        return isExceeded;
    }
}
