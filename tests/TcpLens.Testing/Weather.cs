namespace TcpLens.Testing;

/// <summary>What happens to packets on their way to one side of a <see cref="WeatherLink"/>; nothing, unless said. Shares are of 0..1.</summary>
public sealed record Weather
{
    /// <summary>Packets pass as they are, at once.</summary>
    public static readonly Weather Fair = new();

    /// <summary>Nothing passes.</summary>
    public static readonly Weather Silence = new() { Loss = 1 };

    public double Loss { get; init; }

    /// <summary>How long a packet takes; a round trip takes both directions'.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>At most so much longer, evenly spread; the order is kept.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Share of packets that come later by <see cref="ReorderBy"/> and do not hold up their followers.</summary>
    public double Reorder { get; init; }

    public TimeSpan ReorderBy { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Share of packets that arrive twice.</summary>
    public double Duplicate { get; init; }

    /// <summary>Share of TCP segments with payload in which one bit of it flips.</summary>
    public double Corrupt { get; init; }

    /// <summary>kbit/s; 0: no limit.</summary>
    public double Rate { get; init; }

    /// <summary>Octets that may wait for their turn at that <see cref="Rate"/>, beyond which packets are dropped; 0: all may.</summary>
    public int Queue { get; init; }

    /// <summary>Octets: IP packets larger than this vanish, and nobody is told; 0: none do.</summary>
    public int SwallowAbove { get; init; }

    internal string Words => FormattableString.Invariant(
        $"loss={Loss} delay={Delay.TotalMilliseconds} jitter={Jitter.TotalMilliseconds} reorder={Reorder} extra={ReorderBy.TotalMilliseconds} duplicate={Duplicate} corrupt={Corrupt} rate={Rate} queue={Queue} swallow={SwallowAbove}");
}

/// <summary>
/// Packets towards one side since the link stands. Forwarded are those that arrived, copies included; overflowed are those that
/// found the queue of a limited rate full, or 20,000 packets under way.
/// </summary>
public readonly record struct WeatherCounters(
    long Forwarded, long Lost, long Swallowed, long Corrupted, long Reordered, long Duplicated, long Overflowed);
