using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>How long a state lasted, over all that left it. The times stand in buckets by powers of two, so a quantile may be wrong by less than that.</summary>
internal readonly struct StateTimes
{
    private readonly TransitionCounts _counts;
    private readonly TcpState _state;

    public StateTimes(TransitionCounts counts, TcpState state)
    {
        (_counts, _state) = (counts, state);
        foreach (ulong count in counts.TimesIn(state))
        {
            Count += count;
        }
    }

    /// <summary>Changes out of the state whose beginning was seen too.</summary>
    public ulong Count { get; }

    /// <summary>Nanoseconds; null when there was none.</summary>
    public ulong? Mean => Count == 0 ? null : _counts.NanosecondsIn(_state) / Count;

    /// <summary>Nanoseconds that this part of them, 0 to 1, did not exceed; as if they lay evenly in their bucket. Null when there was none.</summary>
    public ulong? Quantile(double part)
    {
        double rank = part * Count;
        double before = 0;
        ReadOnlySpan<ulong> buckets = _counts.TimesIn(_state);
        for (int i = 0; i < buckets.Length; i++)
        {
            if (buckets[i] > 0 && before + buckets[i] >= rank)
            {
                double least = Math.ScaleB(1, i);
                return (ulong)(least + (least * (rank - before) / buckets[i]));
            }

            before += buckets[i];
        }

        return null;
    }
}
