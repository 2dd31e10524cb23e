using System.Runtime.CompilerServices;
using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>Sockets by state: a fixed vector of twelve slots, indexed by Linux's state number, cheap to add and subtract.</summary>
public struct StateCounts : IEquatable<StateCounts>
{
    private Slots _slots;

    public long this[TcpState state]
    {
        readonly get => _slots[(int)state];
        set => _slots[(int)state] = value;
    }

    public readonly long Total
    {
        get
        {
            long sum = 0;
            foreach (long count in _slots)
            {
                sum += count;
            }

            return sum;
        }
    }

    public void Add(TcpState state) => _slots[(int)state]++;

    public static StateCounts operator +(StateCounts left, in StateCounts right)
    {
        for (int i = 0; i < Slots.Length; i++)
        {
            left._slots[i] += right._slots[i];
        }

        return left;
    }

    public static StateCounts operator -(StateCounts left, in StateCounts right)
    {
        for (int i = 0; i < Slots.Length; i++)
        {
            left._slots[i] -= right._slots[i];
        }

        return left;
    }

    public readonly bool Equals(StateCounts other) => ((ReadOnlySpan<long>)_slots).SequenceEqual(other._slots);

    public override readonly bool Equals(object? obj) => obj is StateCounts other && Equals(other);

    public override readonly int GetHashCode() => Total.GetHashCode();

    public static bool operator ==(in StateCounts left, in StateCounts right) => left.Equals(right);

    public static bool operator !=(in StateCounts left, in StateCounts right) => !left.Equals(right);

    [InlineArray(Length)]
    private struct Slots
    {
        public const int Length = 12;
        private long _first;
    }
}
