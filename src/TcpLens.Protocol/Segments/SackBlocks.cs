using System.Runtime.CompilerServices;

namespace TcpLens.Protocol;

/// <summary>Octets that arrived beyond a hole: the first, and the one after the last (RFC 2018 §3).</summary>
public readonly record struct SackBlock(SeqNum Left, SeqNum Right)
{
    /// <summary>Octets in the block; nothing or less for a block that no receiver means.</summary>
    public int Length => Right - Left;
}

/// <summary>The blocks of one segment. 40 octets of options hold at most four, three beside timestamps (RFC 2018 §3).</summary>
public struct SackBlocks
{
    public const int Capacity = 4;

    private Slots _slots;

    public int Count { get; private set; }

    public readonly SackBlock this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return _slots[index];
        }
    }

    /// <summary>False, and nothing added, when there are four.</summary>
    public bool TryAdd(SackBlock block)
    {
        if (Count == Capacity)
        {
            return false;
        }

        _slots[Count++] = block;
        return true;
    }

    [InlineArray(Capacity)]
    private struct Slots
    {
        private SackBlock _first;
    }
}
