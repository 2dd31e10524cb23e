using System.Numerics;

namespace TcpLens.Capture;

/// <summary>A step of a histogram: durations from (included) to (excluded) in nanoseconds, and how many there were.</summary>
public readonly record struct DurationStep(long From, long To, long Count);

/// <summary>
/// Durations in buckets whose width grows with them: eight to each doubling, so that a percentile is within 1/16 of the truth, in 4 KiB
/// whatever the number of samples.
/// </summary>
public sealed class DurationHistogram
{
    private const int SubBits = 3;
    private const int PerDoubling = 1 << SubBits;

    private readonly long[] _buckets;

    public DurationHistogram()
        : this(new long[64 * PerDoubling])
    {
    }

    private DurationHistogram(long[] buckets) => _buckets = buckets;

    public long Count { get; private set; }

    /// <summary>In nanoseconds, exact; 0 while there is none.</summary>
    public long Least { get; private set; }

    public long Most { get; private set; }

    public void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(0, nanoseconds);
        Least = Count == 0 ? nanoseconds : Math.Min(Least, nanoseconds);
        Most = Math.Max(Most, nanoseconds);
        Count++;
        _buckets[BucketOf(nanoseconds)]++;
    }

    internal DurationHistogram Copy() => new([.. _buckets]) { Count = Count, Least = Least, Most = Most };

    /// <summary>The duration that a part (0 to 1) of the samples does not exceed, in nanoseconds; 0 without samples.</summary>
    public long Percentile(double part)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(part * Count));
        long seen = 0;
        for (int bucket = 0; bucket < _buckets.Length && Count > 0; bucket++)
        {
            seen += _buckets[bucket];
            if (seen >= rank)
            {
                return Math.Clamp((StartOf(bucket) + StartOf(bucket + 1)) / 2, Least, Most);
            }
        }

        return Most;
    }

    /// <summary>The samples in steps that double, or grow by more where that would be too many steps; none without samples.</summary>
    public IReadOnlyList<DurationStep> Steps(int mostSteps)
    {
        if (Count == 0)
        {
            return [];
        }

        int first = BitOperations.Log2((ulong)Math.Max(1, Least)), last = BitOperations.Log2((ulong)Math.Max(1, Most));
        int doublings = Math.Max(1, (last - first + mostSteps) / mostSteps);
        List<DurationStep> steps = [];
        for (int from = first; from <= last; from += doublings)
        {
            int to = from + doublings;
            bool isLast = to > last;
            steps.Add(new(1L << from, to < 63 ? 1L << to : long.MaxValue, Between(from == first ? 0 : BucketOf(1L << from), isLast ? _buckets.Length : BucketOf(1L << to))));
        }

        return steps;
    }

    private long Between(int first, int end)
    {
        long sum = 0;
        for (int bucket = first; bucket < end; bucket++)
        {
            sum += _buckets[bucket];
        }

        return sum;
    }

    /// <summary>Values below eight have a bucket each; above, the three bits behind the first one tell.</summary>
    private static int BucketOf(long value)
    {
        if (value < PerDoubling)
        {
            return (int)value;
        }

        int exponent = BitOperations.Log2((ulong)value);
        return ((exponent - SubBits + 1) << SubBits) + (int)((value >> (exponent - SubBits)) & (PerDoubling - 1));
    }

    private static long StartOf(int bucket)
    {
        if (bucket < PerDoubling)
        {
            return bucket;
        }

        int exponent = (bucket >> SubBits) + SubBits - 1;
        return exponent >= 63 ? long.MaxValue : (1L << exponent) + ((long)(bucket & (PerDoubling - 1)) << (exponent - SubBits));
    }
}
