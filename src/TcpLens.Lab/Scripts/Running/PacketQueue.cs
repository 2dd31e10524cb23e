using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>
/// What the stack has sent and no statement has looked at yet. A script that was written on a machine with segmentation offload has one segment where a stack
/// without it sends several; they are joined here, as far as the script's segment reaches.
/// </summary>
internal sealed class PacketQueue
{
    private readonly Queue<SniffedSegment> _segments = new();
    private SniffedSegment? _rest;

    public bool IsEmpty => _segments.Count == 0 && _rest is null;

    public void Add(SniffedSegment segment) => _segments.Enqueue(segment);

    public void Clear()
    {
        _segments.Clear();
        _rest = null;
    }

    /// <summary>The next segment, joined with those that follow it at once, to at most <paramref name="payloadLength"/> octets. Null when there is none.</summary>
    public SniffedSegment? Take(int payloadLength)
    {
        SniffedSegment? taken = _rest ?? (_segments.TryDequeue(out SniffedSegment? first) ? first : null);
        _rest = null;
        while (taken is { PayloadLength: > 0 } && taken.PayloadLength < payloadLength && _segments.TryPeek(out SniffedSegment? next)
            && IsContinuation(taken, next))
        {
            taken = Join(taken, _segments.Dequeue());
        }

        if (taken is not null && payloadLength > 0 && taken.PayloadLength > payloadLength)
        {
            (taken, _rest) = Cut(taken, payloadLength);
        }

        return taken;
    }

    private static bool IsContinuation(SniffedSegment taken, SniffedSegment next)
        => next.PayloadLength > 0 && next.Sequence == taken.Sequence + (uint)taken.PayloadLength && next.At - taken.At < TimeSpan.FromMilliseconds(1)
            && next.Acknowledgment == taken.Acknowledgment && next.Destination == taken.Destination
            && !taken.Bits.Has(ControlBits.Syn) && !taken.Bits.Has(ControlBits.Fin) && !taken.Bits.Has(ControlBits.Rst);

    private static SniffedSegment Join(SniffedSegment taken, SniffedSegment next) => taken with
    {
        PayloadLength = taken.PayloadLength + next.PayloadLength,
        Bits = (taken.Bits & ~ControlBits.Psh) | next.Bits,
        At = next.At,
    };

    private static (SniffedSegment Taken, SniffedSegment Left) Cut(SniffedSegment segment, int length)
    {
        SniffedSegment taken = segment with { PayloadLength = length, Bits = segment.Bits & ~(ControlBits.Psh | ControlBits.Fin) };
        SniffedSegment rest = segment with { PayloadLength = segment.PayloadLength - length, Sequence = segment.Sequence + (uint)length };
        return (taken, rest);
    }
}
