using System.Numerics;
using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>
/// How often sockets went from each state to each other one, and how long each state they left had lasted, since counting began.
/// States are numbered as in <see cref="TcpState"/>; times fall into buckets by powers of two: bucket n holds 2^n to 2^(n+1)-1 nanoseconds.
/// </summary>
public sealed class TransitionCounts
{
    public const int States = 16;
    public const int Buckets = 64;

    /// <summary>Numbers in all: pairs, buckets by state, nanoseconds by state.</summary>
    public const int Length = (States * States) + (States * Buckets) + States;

    private readonly ulong[] _numbers = new ulong[Length];

    /// <summary>Changes from one state to another.</summary>
    public ulong this[TcpState from, TcpState to] => _numbers[PlaceOf(from, to)];

    /// <summary>Changes in all.</summary>
    public ulong Total
    {
        get
        {
            ulong total = 0;
            foreach (ulong count in _numbers.AsSpan(0, States * States))
            {
                total += count;
            }

            return total;
        }
    }

    /// <summary>How often the state had lasted that long when it was left; changes whose beginning was not seen are in no bucket.</summary>
    public ReadOnlySpan<ulong> TimesIn(TcpState state) => _numbers.AsSpan(PlaceOfTimes(state), Buckets);

    /// <summary>Nanoseconds spent in the state, over all that <see cref="TimesIn"/> counts.</summary>
    public ulong NanosecondsIn(TcpState state) => _numbers[(States * States) + (States * Buckets) + (int)state];

    /// <summary>Adds numbers as the kernel's map has them, those of one processor.</summary>
    public void Add(ReadOnlySpan<ulong> numbers)
    {
        for (int i = 0; i < Length; i++)
        {
            _numbers[i] += numbers[i];
        }
    }

    /// <summary>Counts one change; time null when the old state's beginning is not known.</summary>
    public void Count(TcpState from, TcpState to, ulong? nanosecondsInOldState)
    {
        _numbers[PlaceOf(from, to)]++;
        if (nanosecondsInOldState is { } time)
        {
            _numbers[PlaceOfTimes(from) + BitOperations.Log2(time | 1)]++;
            _numbers[(States * States) + (States * Buckets) + (int)from] += time;
        }
    }

    /// <summary>What happened between two readings; the later stands left.</summary>
    public static TransitionCounts operator -(TransitionCounts later, TransitionCounts earlier)
    {
        TransitionCounts difference = new();
        for (int i = 0; i < Length; i++)
        {
            difference._numbers[i] = later._numbers[i] - earlier._numbers[i];
        }

        return difference;
    }

    private static int PlaceOf(TcpState from, TcpState to) => ((int)from * States) + (int)to;

    private static int PlaceOfTimes(TcpState state) => (States * States) + ((int)state * Buckets);
}
