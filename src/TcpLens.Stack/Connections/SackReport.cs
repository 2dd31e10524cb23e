using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Which blocks an ACK reports: first a duplicate that just arrived (RFC 2883 §4), then the range of the latest segment, then those that
/// were reported before, latest first (RFC 2018 §4).
/// </summary>
internal struct SackReport
{
    private SackBlock _duplicate;
    private SackBlocks _latest;

    public readonly bool IsEmpty => _latest.Count == 0 && _duplicate == default;

    /// <summary>A segment became part of <paramref name="joined"/>.</summary>
    public void OnHeld(SackBlock joined)
    {
        SackBlocks blocks = default;
        blocks.TryAdd(joined);
        for (int i = 0; i < _latest.Count; i++)
        {
            SackBlock block = _latest[i];
            bool isInside = !block.Left.IsBefore(joined.Left) && !block.Right.IsAfter(joined.Right);
            if (!isInside)
            {
                blocks.TryAdd(block);
            }
        }

        _latest = blocks;
    }

    public void OnDuplicate(SackBlock block) => _duplicate = block;

    /// <summary>RCV.NXT moved: what lies before it is acknowledged and needs no block.</summary>
    public void OnNext(SeqNum next)
    {
        if (_latest.Count == 0)
        {
            return;
        }

        SackBlocks blocks = default;
        for (int i = 0; i < _latest.Count; i++)
        {
            if (_latest[i].Right.IsAfter(next))
            {
                blocks.TryAdd(_latest[i]);
            }
        }

        _latest = blocks;
    }

    /// <summary>For the next segment; a duplicate is reported once.</summary>
    /// <param name="room">Blocks, at most.</param>
    public SackBlocks Take(int room)
    {
        SackBlocks blocks = default;
        if (_duplicate != default)
        {
            blocks.TryAdd(_duplicate);
            _duplicate = default;
        }

        for (int i = 0; i < _latest.Count && blocks.Count < room; i++)
        {
            blocks.TryAdd(_latest[i]);
        }

        return blocks;
    }

    /// <summary>Octets of option that <see cref="Take"/> would fill, NOPs included.</summary>
    public readonly int OptionLength(int room)
    {
        int count = Math.Min(room, _latest.Count + (_duplicate == default ? 0 : 1));
        return count == 0 ? 0 : 4 + (8 * count);
    }
}
