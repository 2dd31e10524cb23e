using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>The values of one group, 32 bits a dimension: a number as it is, a name or an address by the number it was given.</summary>
internal readonly record struct GroupKey(ulong First, ulong Second)
{
    private const ulong GoldenRatio = 0x9e37_79b9_7f4a_7c15;

    public uint this[int index] => (uint)((index < 2 ? First : Second) >> (32 * (index & 1)));

    public GroupKey With(int index, uint value) => index < 2
        ? this with { First = First | ((ulong)value << (32 * index)) }
        : this with { Second = Second | ((ulong)value << (32 * (index - 2))) };

    public override int GetHashCode()
    {
        ulong mixed = ((First * GoldenRatio) ^ (First >> 32) ^ Second) * GoldenRatio;
        return (int)(mixed >> 32);
    }
}

/// <summary>Sockets that have the same values in every dimension asked for; <see cref="SocketTally.ValueOf"/> tells which.</summary>
public readonly record struct SocketGroup
{
    internal SocketGroup(GroupKey key, long count) => (Key, Count) = (key, count);

    public long Count { get; }

    internal GroupKey Key { get; }
}

/// <summary>One value of a group: its number, and its name where it has one.</summary>
public readonly record struct GroupValue(uint Number, string? Name)
{
    /// <summary>Set for the dimension of states only.</summary>
    public TcpState? State { get; init; }
}
