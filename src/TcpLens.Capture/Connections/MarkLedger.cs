using System.Numerics;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// Counts of marks and kinds of retransmission, for the ends that have any: most have none, so the counts stand apart from the slots.
/// Pages are used again when a connection ends.
/// </summary>
internal sealed class MarkLedger
{
    /// <summary>Marks by bit, then kinds of retransmission, then notes.</summary>
    private const int Marks = 40;
    private const int Kinds = (int)RetransmissionKind.Unknown + 1;
    private const int Notes = (int)LedgerNote.ZeroWindowFields + 1;
    private const int PageSize = Marks + Kinds + Notes;

    private readonly Stack<int> _free = [];
    private uint[] _counts = new uint[PageSize * 64];
    private int _used = 1;

    public void Add(ref int page, SegmentMarks marks, RetransmissionKind kind)
    {
        if (page == 0)
        {
            page = Take();
        }

        Span<uint> counts = _counts.AsSpan(page * PageSize, PageSize);
        for (ulong rest = (ulong)marks; rest != 0; rest &= rest - 1)
        {
            counts[BitOperations.TrailingZeroCount(rest)]++;
        }

        counts[Marks + (int)kind]++;
    }

    /// <summary>Where a note stands; to be used before anything else is asked of the ledger.</summary>
    public ref uint Note(ref int page, LedgerNote note)
    {
        if (page == 0)
        {
            page = Take();
        }

        return ref _counts[(page * PageSize) + Marks + Kinds + (int)note];
    }

    /// <summary>Counts what few segments have, and no mark tells.</summary>
    public void CountRare(ref int page, in CapturedSegment segment)
    {
        if (segment.HasAny(ControlBits.Urg))
        {
            Note(ref page, LedgerNote.Urgent)++;
        }

        if (segment.Window.Raw == 0 && !segment.HasAny(ControlBits.Syn | ControlBits.Rst))
        {
            Note(ref page, LedgerNote.ZeroWindowFields)++;
        }
    }

    /// <summary>What a note says; 0 where there is none.</summary>
    public uint Peek(int page, LedgerNote note) => page == 0 ? 0 : _counts[(page * PageSize) + Marks + Kinds + (int)note];

    public void Release(ref int page)
    {
        if (page != 0)
        {
            _counts.AsSpan(page * PageSize, PageSize).Clear();
            _free.Push(page);
            page = 0;
        }
    }

    public void Foresee(int page)
    {
        if (page != 0)
        {
            CacheLines.Fetch<uint>(_counts.AsSpan(page * PageSize, PageSize));
        }
    }

    public void Read(int page, EndAccount account)
    {
        if (page == 0)
        {
            return;
        }

        ReadOnlySpan<uint> counts = _counts.AsSpan(page * PageSize, PageSize);
        var marks = new Dictionary<SegmentMarks, long>();
        for (int bit = 0; bit < Marks; bit++)
        {
            if (counts[bit] > 0)
            {
                marks.Add((SegmentMarks)(1UL << bit), counts[bit]);
            }
        }

        account.Marks = marks;
        counts = counts.Slice(Marks, Kinds);
        if (counts[1..].ContainsAnyExcept(0u))
        {
            account.Retransmissions = KindsOf(counts);
        }
    }

    private static Dictionary<RetransmissionKind, long> KindsOf(ReadOnlySpan<uint> counts)
    {
        var kinds = new Dictionary<RetransmissionKind, long>();
        for (int kind = 1; kind < Kinds; kind++)
        {
            if (counts[kind] > 0)
            {
                kinds.Add((RetransmissionKind)kind, counts[kind]);
            }
        }

        return kinds;
    }

    private int Take()
    {
        if (_free.TryPop(out int page))
        {
            return page;
        }

        if ((_used + 1) * PageSize > _counts.Length)
        {
            Array.Resize(ref _counts, _counts.Length * 2);
        }

        return _used++;
    }
}
