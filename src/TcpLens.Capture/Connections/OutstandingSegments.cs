using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// What every end has under way, in the order of its stream: a ring of <see cref="OutstandingSegment"/> for each, all from one slab.
/// New octets go to its end and acknowledged ones leave at its beginning, both at once; only what is sent again is looked for.
/// </summary>
/// <remarks>
/// Both bounds keep memory and searches short, and neither loses a loss: an end with <see cref="Most"/> segments under way is
/// remembered more coarsely, as though it had sent larger ones, up to <see cref="Coarse"/> octets; beyond that, and where the slab
/// is empty, its oldest segment is forgotten.
/// </remarks>
internal sealed class OutstandingSegments(int capacity)
{
    public const int Most = 1024;
    public const int Coarse = 1 << 16;

    private readonly Slab<OutstandingSegment> _slab = new(capacity);

    /// <summary>Segments that were forgotten before they were acknowledged.</summary>
    public long Forgotten { get; private set; }

    public int Count => _slab.Lent;

    /// <summary>Octets of a segment that were never sent before, beyond all others, from where it begins or from within it.</summary>
    public void Append(ref LossState end, in CapturedSegment segment, SeqNum from)
    {
        if (end.OutstandingCount >= Most && TryExtend(ref _slab[end.LastOutstanding], in segment))
        {
            return;
        }

        int added = Take(ref end);
        if (added != 0)
        {
            _slab[added] = Made(in segment, from);
            Link(ref end, after: end.LastOutstanding, added);
            end.LastOutstanding = added;
        }
    }

    /// <summary>Takes out what an acknowledgment covers.</summary>
    public Acknowledged Acknowledge(ref LossState end, SeqNum acknowledgment)
    {
        var taken = new Acknowledged();
        while (end.LastOutstanding != 0)
        {
            int first = _slab[end.LastOutstanding].Next;
            ref OutstandingSegment segment = ref _slab[first];
            if (segment.End.IsAfter(acknowledgment))
            {
                if (segment.Sequence.IsBefore(acknowledgment))
                {
                    segment.Sequence = acknowledgment;
                }

                break;
            }

            taken.Add(in segment);
            RemoveFirst(ref end);
        }

        return taken;
    }

    /// <summary>Notes that octets were sent again; says what is remembered of their last sending, or that nothing is.</summary>
    public Resent Resend(ref LossState end, in CapturedSegment segment)
    {
        var resent = new Resent();
        if (end.LastOutstanding == 0)
        {
            return resent;
        }

        int before = BelowOf(in end, segment.Sequence);
        do
        {
            int at = _slab[before].Next;
            if (!_slab[at].Sequence.IsBefore(segment.EndSequence))
            {
                break;
            }

            if (_slab[at].End.IsAfter(segment.Sequence) && _slab[at].MayBeCarriedBy(in segment))
            {
                resent.Add(in _slab[at], in segment);
                if (resent.IsSamePacket)
                {
                    break;
                }

                Cut(ref end, ref at, in segment);
                _slab[at].SendAgain(in segment);
            }

            before = at;
        }
        while (before != end.LastOutstanding);

        end.NearOutstanding = before;
        return resent;
    }

    /// <summary>Octets that fill a gap: seen for the first time, below others that were.</summary>
    public void Insert(ref LossState end, in CapturedSegment segment, bool isResent)
    {
        int added = Take(ref end);
        if (added == 0)
        {
            return;
        }

        int before = BelowOf(in end, segment.Sequence);
        while (end.LastOutstanding != 0 && _slab[_slab[before].Next].Sequence.IsBefore(segment.Sequence))
        {
            before = _slab[before].Next;
            if (before == end.LastOutstanding)
            {
                break;
            }
        }

        _slab[added] = Made(in segment, segment.Sequence);
        _slab[added].Traits |= isResent ? OutstandingTraits.IsResent : OutstandingTraits.None;
        Link(ref end, before, added);
        if (end.OutstandingCount == 1)
        {
            end.LastOutstanding = added;
        }

        end.NearOutstanding = added;
    }

    public void Clear(ref LossState end)
    {
        while (end.LastOutstanding != 0)
        {
            RemoveFirst(ref end);
        }
    }

    /// <summary>
    /// A segment that lies below a number, to search on from: what fills a gap or is sent again mostly lies just above what did last. The last
    /// one, behind which the ring begins, where that does not help.
    /// </summary>
    private int BelowOf(in LossState end, SeqNum number)
        => end.NearOutstanding != 0 && !_slab[end.NearOutstanding].End.IsAfter(number) ? end.NearOutstanding : end.LastOutstanding;

    private static bool TryExtend(ref OutstandingSegment last, in CapturedSegment segment)
    {
        if (last.End != segment.Sequence || last.TimesSent > 1 || segment.EndSequence - last.Sequence > Coarse)
        {
            return false;
        }

        last.End = segment.EndSequence;
        last.LastSent = segment.TimeNanoseconds;
        last.TimestampValue = segment.TimestampValue;
        last.IpIdentification = segment.IpIdentification;
        return true;
    }

    private static OutstandingSegment Made(in CapturedSegment segment, SeqNum from) => new()
    {
        LastSent = segment.TimeNanoseconds,
        Sequence = from,
        End = segment.EndSequence,
        TimestampValue = segment.TimestampValue,
        IpIdentification = segment.IpIdentification,
        TimesSent = 1,
        Traits = segment.HasAny(ControlBits.Syn) ? OutstandingTraits.Syn : OutstandingTraits.None,
    };

    /// <summary>Cuts a segment so that <paramref name="at"/> is only the part of it that was sent again.</summary>
    private void Cut(ref LossState end, ref int at, in CapturedSegment segment)
    {
        if (_slab[at].Sequence.IsBefore(segment.Sequence) && Split(ref end, at, segment.Sequence) is var upper and not 0)
        {
            at = upper;
        }

        if (_slab[at].End.IsAfter(segment.EndSequence))
        {
            Split(ref end, at, segment.EndSequence);
        }
    }

    /// <summary>Makes two of one; the number of the upper, or 0 where the bounds allow no more.</summary>
    private int Split(ref LossState end, int at, SeqNum where)
    {
        if (end.OutstandingCount >= 2 * Most || _slab.Take() is not (var upper and not 0))
        {
            return 0;
        }

        _slab[upper] = _slab[at];
        _slab[upper].Sequence = where;
        _slab[at].End = where;
        Link(ref end, at, upper);
        if (end.LastOutstanding == at)
        {
            end.LastOutstanding = upper;
        }

        return upper;
    }

    private int Take(ref LossState end)
    {
        int taken = end.OutstandingCount < Most ? _slab.Take() : 0;
        if (taken == 0)
        {
            Forgotten++;
            if (end.LastOutstanding != 0)
            {
                RemoveFirst(ref end);
                taken = _slab.Take();
            }
        }

        return taken;
    }

    private void Link(ref LossState end, int after, int added)
    {
        if (end.OutstandingCount++ == 0)
        {
            _slab[added].Next = added;
            return;
        }

        _slab[added].Next = _slab[after].Next;
        _slab[after].Next = added;
    }

    private void RemoveFirst(ref LossState end)
    {
        ref OutstandingSegment last = ref _slab[end.LastOutstanding];
        int first = last.Next;
        last.Next = _slab[first].Next;
        if (first == end.NearOutstanding)
        {
            end.NearOutstanding = 0;
        }

        if (--end.OutstandingCount == 0)
        {
            end.LastOutstanding = 0;
        }

        _slab.Release(first);
    }
}
