using System.Buffers;
using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Which numbers beyond RCV.NXT have arrived (SHLD-31): ranges in order, none touching another. How many there may be is bounded, since a
/// peer decides how many holes it makes.
/// </summary>
internal struct HeldRanges
{
    /// <summary>With segments of 1460 octets and a window of 1 MiB every third may be missing.</summary>
    public const int Capacity = 256;

    private SackBlock[]? _ranges;

    public int Count { get; private set; }

    public readonly SackBlock this[int index] => _ranges![index];

    /// <summary>False when the range would be one too many.</summary>
    public readonly bool CanAdd(SackBlock added) => Count < Capacity || FindTouched(added).Length > 0;

    /// <summary>Adds a range and joins what it touches; gives the range that it became part of.</summary>
    /// <param name="added">Not empty, beyond RCV.NXT, and <see cref="CanAdd"/>.</param>
    public SackBlock Add(SackBlock added)
    {
        (int first, int length) = FindTouched(added);
        SackBlock joined = added;
        for (int i = first; i < first + length; i++)
        {
            joined = Union(joined, _ranges![i]);
        }

        Replace(first, length, joined);
        return joined;
    }

    /// <summary>The first octets of <paramref name="range"/> that are here already; empty when none are.</summary>
    public readonly SackBlock Overlap(SackBlock range)
    {
        for (int i = 0; i < Count; i++)
        {
            SackBlock held = _ranges![i];
            SeqNum left = held.Left.IsAfter(range.Left) ? held.Left : range.Left;
            SeqNum right = held.Right.IsBefore(range.Right) ? held.Right : range.Right;
            if (left.IsBefore(right))
            {
                return new(left, right);
            }
        }

        return default;
    }

    /// <summary>The first octets of <paramref name="range"/> that are not here; false when all are.</summary>
    public readonly bool TryFindGap(SackBlock range, out SackBlock gap)
    {
        gap = range;
        for (int i = 0; i < Count && gap.Length > 0; i++)
        {
            SackBlock held = _ranges![i];
            if (held.Left.IsAfter(gap.Left))
            {
                gap = gap with { Right = held.Left.IsBefore(gap.Right) ? held.Left : gap.Right };
                return true;
            }

            gap = gap with { Left = held.Right.IsAfter(gap.Left) ? held.Right : gap.Left };
        }

        return gap.Length > 0;
    }

    /// <summary>Takes off the first range when it begins at or before <paramref name="next"/>; gives where the hole behind it begins.</summary>
    public SeqNum Absorb(SeqNum next)
    {
        while (Count > 0 && !_ranges![0].Left.IsAfter(next))
        {
            next = _ranges[0].Right.IsAfter(next) ? _ranges[0].Right : next;
            RemoveFirst();
        }

        return next;
    }

    public void Clear()
    {
        if (_ranges is { } ranges)
        {
            ArrayPool<SackBlock>.Shared.Return(ranges);
        }

        this = default;
    }

    private readonly (int First, int Length) FindTouched(SackBlock added)
    {
        int first = 0;
        while (first < Count && _ranges![first].Right.IsBefore(added.Left))
        {
            first++;
        }

        int behind = first;
        while (behind < Count && !added.Right.IsBefore(_ranges![behind].Left))
        {
            behind++;
        }

        return (first, behind - first);
    }

    private static SackBlock Union(SackBlock one, SackBlock other) => new(
        other.Left.IsBefore(one.Left) ? other.Left : one.Left,
        other.Right.IsAfter(one.Right) ? other.Right : one.Right);

    private void Replace(int index, int count, SackBlock range)
    {
        _ranges ??= ArrayPool<SackBlock>.Shared.Rent(16);
        if (count == 0 && Count == _ranges.Length)
        {
            SackBlock[] larger = ArrayPool<SackBlock>.Shared.Rent(Count * 2);
            _ranges.CopyTo(larger, 0);
            ArrayPool<SackBlock>.Shared.Return(_ranges);
            _ranges = larger;
        }

        _ranges.AsSpan((index + count)..Count).CopyTo(_ranges.AsSpan(index + 1));
        _ranges[index] = range;
        Count += 1 - count;
    }

    private void RemoveFirst()
    {
        _ranges.AsSpan(1, Count - 1).CopyTo(_ranges);
        if (--Count == 0)
        {
            Clear();
        }
    }
}
