using System.Runtime.CompilerServices;

namespace TcpLens.Observation;

/// <summary>The values of one group, dimension by dimension.</summary>
internal struct GroupKey : IEquatable<GroupKey>, IComparable<GroupKey>
{
    private Parts _parts;

    public UInt128 this[int index]
    {
        readonly get => _parts[index];
        set => _parts[index] = value;
    }

    public readonly bool Equals(GroupKey other)
        => _parts[0] == other._parts[0] && _parts[1] == other._parts[1] && _parts[2] == other._parts[2] && _parts[3] == other._parts[3];

    public override readonly bool Equals(object? obj) => obj is GroupKey other && Equals(other);

    public override readonly int GetHashCode()
    {
        ulong mixed = 0;
        foreach (UInt128 part in _parts)
        {
            mixed = (mixed ^ (ulong)part ^ (ulong)(part >> 64)) * 0x9e37_79b9_7f4a_7c15;
            mixed ^= mixed >> 32;
        }

        return (int)mixed;
    }

    public readonly int CompareTo(GroupKey other)
    {
        for (int i = 0; i < SocketTally.MaxDimensions; i++)
        {
            int order = _parts[i].CompareTo(other._parts[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    [InlineArray(SocketTally.MaxDimensions)]
    private struct Parts
    {
        private UInt128 _first;
    }
}
