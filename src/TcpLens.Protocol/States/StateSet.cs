using System.Numerics;

namespace TcpLens.Protocol;

/// <summary>A set of states as Linux's bit mask: bit n stands for the state whose number is n.</summary>
public readonly record struct StateSet(ushort Bits)
{
    public static readonly StateSet None = new(0);
    public static readonly StateSet All = new(0x0ffe);

    public int Count => BitOperations.PopCount(Bits);

    public static StateSet Of(TcpState state) => new((ushort)(1 << (int)state));

    public static StateSet Of(params ReadOnlySpan<TcpState> states)
    {
        StateSet set = None;
        foreach (TcpState state in states)
        {
            set |= Of(state);
        }

        return set;
    }

    public bool Contains(TcpState state) => (Bits & (1 << (int)state)) != 0;

    public static StateSet operator |(StateSet left, StateSet right) => new((ushort)(left.Bits | right.Bits));

    public static StateSet operator &(StateSet left, StateSet right) => new((ushort)(left.Bits & right.Bits));

    public static StateSet operator ~(StateSet set) => new((ushort)(~set.Bits & All.Bits));
}
