using System.Runtime.CompilerServices;

namespace TcpLens.Observation;

/// <summary>
/// The number that stands for one value of a dimension: an address takes 128 bits, everything else fits into the lower half.
/// Two halves, because a UInt128 in a signature keeps the method from being compiled ahead of time.
/// </summary>
internal readonly record struct KeyPart(ulong High, ulong Low) : IComparable<KeyPart>
{
    public static implicit operator KeyPart(ulong number) => new(0, number);

    public int CompareTo(KeyPart other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);
}

/// <summary>The values of one group, dimension by dimension.</summary>
internal struct GroupKey : IEquatable<GroupKey>, IComparable<GroupKey>
{
    private Parts _parts;

    public KeyPart this[int index]
    {
        readonly get => _parts[index];
        set => _parts[index] = value;
    }

    public readonly bool Equals(GroupKey other) => ((ReadOnlySpan<KeyPart>)_parts).SequenceEqual(other._parts);

    public override readonly bool Equals(object? obj) => obj is GroupKey other && Equals(other);

    public override readonly int GetHashCode()
    {
        ulong mixed = 0;
        foreach (KeyPart part in _parts)
        {
            mixed = (mixed ^ part.High ^ part.Low) * 0x9e37_79b9_7f4a_7c15;
            mixed ^= mixed >> 32;
        }

        return (int)mixed;
    }

    public readonly int CompareTo(GroupKey other) => ((ReadOnlySpan<KeyPart>)_parts).SequenceCompareTo(other._parts);

    [InlineArray(SocketTally.MaxDimensions)]
    private struct Parts
    {
        private KeyPart _first;
    }
}
