using System.Buffers;
using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// What is in flight, in order and without gaps, in a ring that is borrowed while there is something. Bursts are one record, so that bulk costs as
/// much as one segment does; a record is split where its octets come to fare differently.
/// </summary>
internal struct SentSegments
{
    /// <summary>From here on new octets join the last record whatever the time: the list stays short, the times become those of the newest.</summary>
    public const int Crowded = 8192;

    /// <summary>From here on no record is split for a SACK block: the block counts only for whole records.</summary>
    public const int Limit = 2 * Crowded;
    private const int LargestRecord = 1 << 16;
    private const int SmallestRing = 16;

    private SentSegment[]? _ring;
    private int _mask;
    private int _head;
    private SeqNum _toBeSentAgain;
    private SeqNum _highestSacked;

    public int Count { get; private set; }

    /// <summary>SND.UNA and SND.NXT, when there is something in flight.</summary>
    public SeqNum Start { get; private set; }

    public SeqNum End { get; private set; }

    public readonly int Octets => Count == 0 ? 0 : End - Start;

    /// <summary>Octets; lost ones count as lost also while their retransmission is in flight.</summary>
    public int Sacked { get; private set; }

    public int Lost { get; private set; }

    public int Retransmitted { get; private set; }

    /// <summary>Grows with every octet that is taken for lost, round and round; only differences mean something.</summary>
    public int LostEver { get; private set; }

    /// <summary>What duplicate ACKs without SACK tell to have left the network (RFC 5681 §3.2 step 4).</summary>
    public int Duplicates { get; set; }

    /// <summary>Octets thought to be in the network (RFC 6675 §4, pipe).</summary>
    public readonly int Pipe => Math.Max(Octets - Sacked - Duplicates - Lost, 0) + Retransmitted;

    public readonly ref SentSegment this[int index] => ref _ring![(_head + index) & _mask];

    public void Add(SentRange range, int segmentSize, Instant now)
    {
        if (Count == 0)
        {
            Start = range.Start;
            _toBeSentAgain = range.End;
        }
        else if (Joins(in this[Count - 1], range, segmentSize, now))
        {
            ref SentSegment last = ref this[Count - 1];
            (last.End, last.SentAt, End) = (range.End, now, range.End);
            return;
        }

        MakeRoom();
        Count++;
        this[Count - 1] = new() { Start = range.Start, End = range.End, SentAt = now, FirstSentAt = now };
        End = range.End;
    }

    /// <summary>The record that holds a number between <see cref="Start"/> and <see cref="End"/>.</summary>
    public readonly int Find(SeqNum number)
    {
        int low = 0, high = Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (number.IsBefore(this[middle].End))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    /// <summary>Everything before <paramref name="acknowledgment"/> has arrived and is forgotten.</summary>
    public void Acknowledge(SeqNum acknowledgment, ref Delivery delivery)
    {
        while (Count > 0 && Start.IsBefore(acknowledgment))
        {
            ref SentSegment first = ref this[0];
            if (first.End.IsAfter(acknowledgment))
            {
                SentSegment part = first;
                part.End = acknowledgment;
                delivery.TakeAcknowledged(in part);
                Forget(in part);
                first.Start = acknowledgment;
                Start = acknowledgment;
                return;
            }

            delivery.TakeAcknowledged(in first);
            Forget(in first);
            Start = first.End;
            _head = (_head + 1) & _mask;
            Count--;
        }

        if (Count == 0 && _ring is not null)
        {
            GiveBack();
        }
    }

    /// <summary>Cuts the last segment off a record of many; its index.</summary>
    public int SplitLast(int index, int segmentSize)
    {
        SentSegment record = this[index];
        int last = record.Length % segmentSize is var odd and not 0 ? odd : segmentSize;
        if (record.Length <= last)
        {
            return index;
        }

        Split(index, record.Start + (uint)(record.Length - last));
        return index + 1;
    }

    /// <summary>Cuts a record in two at <paramref name="number"/>, which lies inside it.</summary>
    public void Split(int index, SeqNum number)
    {
        MakeRoom();
        if (index < Count / 2)
        {
            _head = (_head - 1) & _mask;
            for (int i = 0; i <= index; i++)
            {
                this[i] = this[i + 1];
            }
        }
        else
        {
            for (int i = Count; i > index; i--)
            {
                this[i] = this[i - 1];
            }
        }

        Count++;
        this[index].End = number;
        this[index + 1].Start = number;
    }

    /// <summary>What has arrived needs no record of its own beside others that have. Says where the record is now.</summary>
    public int MarkSacked(int index)
    {
        ref SentSegment segment = ref this[index];
        Forget(in segment);
        segment.Flags = (segment.Flags & ~(SentFlags.Lost | SentFlags.Retransmitted)) | SentFlags.Sacked;
        if (Sacked == 0 || segment.End.IsAfter(_highestSacked))
        {
            _highestSacked = segment.End;
        }

        Sacked += segment.Length;
        if (index + 1 < Count && this[index + 1].Flags == segment.Flags)
        {
            segment.End = this[index + 1].End;
            Remove(index + 1);
        }

        if (index > 0 && this[index - 1].Flags == this[index].Flags)
        {
            this[index - 1].End = this[index].End;
            Remove(index--);
        }

        return index;
    }

    /// <summary>True when it was a retransmission that is lost now.</summary>
    public bool MarkLost(int index)
    {
        ref SentSegment segment = ref this[index];
        bool again = segment.Has(SentFlags.Retransmitted);
        if (again)
        {
            Retransmitted -= segment.Length;
            segment.Flags &= ~SentFlags.Retransmitted;
        }

        if (!segment.Has(SentFlags.Lost))
        {
            Lost += segment.Length;
            segment.Flags |= SentFlags.Lost;
            LostEver = unchecked(LostEver + segment.Length);
        }
        else if (again)
        {
            LostEver = unchecked(LostEver + segment.Length);
        }

        if (segment.Start.IsBefore(_toBeSentAgain))
        {
            _toBeSentAgain = segment.Start;
        }

        return again;
    }

    public void MarkRetransmitted(int index, Instant now)
    {
        ref SentSegment segment = ref this[index];
        if (!segment.Has(SentFlags.Retransmitted))
        {
            Retransmitted += segment.Length;
        }

        segment.Flags |= SentFlags.Retransmitted | SentFlags.EverRetransmitted;
        segment.SentAt = now;
    }

    /// <summary>The first record that is lost and not sent again since; -1 without.</summary>
    public int FindToBeSentAgain()
    {
        if (Lost == 0 || !_toBeSentAgain.IsBefore(End))
        {
            return -1;
        }

        for (int i = _toBeSentAgain.IsAfter(Start) ? Find(_toBeSentAgain) : 0; i < Count; i++)
        {
            if (this[i].IsToBeSentAgain)
            {
                _toBeSentAgain = this[i].Start;
                return i;
            }
        }

        _toBeSentAgain = End;
        return -1;
    }

    /// <summary>Nothing is lost after all: recovery was for nothing.</summary>
    public void UnmarkLost()
    {
        for (int i = 0; i < Count; i++)
        {
            this[i].Flags &= ~SentFlags.Lost;
        }

        Lost = 0;
        _toBeSentAgain = End;
    }

    /// <summary>The receiver may have thrown away what it had told of (RFC 2018 §8).</summary>
    public void UnmarkSacked()
    {
        for (int i = 0; i < Count; i++)
        {
            this[i].Flags &= ~SentFlags.Sacked;
        }

        Sacked = 0;
    }

    /// <summary>The end of the highest octet that was selectively acknowledged, else where nothing is.</summary>
    public readonly SeqNum HighestSacked(SeqNum unacknowledged) => Sacked == 0 ? unacknowledged : _highestSacked;

    /// <summary>Octets in segments, rounded up.</summary>
    public static int InSegments(int octets, int segmentSize) => (octets + segmentSize - 1) / segmentSize;

    /// <summary>Part of what duplicate ACKs told of is acknowledged by number now.</summary>
    public void ForgetDuplicates(int octets)
        => Duplicates = Math.Clamp(Duplicates - Math.Max(octets, 0), 0, Math.Max(Octets - Lost, 0));

    /// <summary>In flight, selectively acknowledged, lost and sent again, in segments: each record rounded up.</summary>
    public readonly (int All, int Sacked, int Lost, int Retransmitted) Segments(int segmentSize)
    {
        int all = 0, sacked = 0, lost = 0, retransmitted = 0;
        for (int i = 0; i < Count; i++)
        {
            ref SentSegment segment = ref this[i];
            int segments = InSegments(segment.Length, segmentSize);
            all += segments;
            sacked += segment.Has(SentFlags.Sacked) ? segments : 0;
            lost += segment.Has(SentFlags.Lost) ? segments : 0;
            retransmitted += segment.Has(SentFlags.Retransmitted) ? segments : 0;
        }

        return (all, sacked + InSegments(Duplicates, segmentSize), lost, retransmitted);
    }

    /// <summary>Whether splitting is still allowed: honest blocks end where segments do, so there are few records more than segments.</summary>
    public readonly bool CanSplit(int segmentSize) => Count < Math.Min(Limit, (2 * Octets / segmentSize) + 64);

    public void Clear()
    {
        if (_ring is not null)
        {
            GiveBack();
        }

        (Count, Sacked, Lost, Retransmitted) = (0, 0, 0, 0);
    }

    private static bool Untouched(in SentSegment segment) => segment.Flags == SentFlags.None;

    private readonly bool Joins(in SentSegment last, SentRange range, int segmentSize, Instant now)
        => Untouched(in last)
            && (last.SentAt == now || Count >= Crowded)
            && last.Length % segmentSize == 0
            && last.Length + range.Length <= LargestRecord;

    private void Forget(in SentSegment segment)
    {
        Sacked -= segment.Has(SentFlags.Sacked) ? segment.Length : 0;
        Lost -= segment.Has(SentFlags.Lost) ? segment.Length : 0;
        Retransmitted -= segment.Has(SentFlags.Retransmitted) ? segment.Length : 0;
    }

    private void Remove(int index)
    {
        if (index < Count / 2)
        {
            for (int i = index; i > 0; i--)
            {
                this[i] = this[i - 1];
            }

            _head = (_head + 1) & _mask;
        }
        else
        {
            for (int i = index; i < Count - 1; i++)
            {
                this[i] = this[i + 1];
            }
        }

        Count--;
    }

    private void MakeRoom()
    {
        if (_ring is null)
        {
            _ring = ArrayPool<SentSegment>.Shared.Rent(SmallestRing);
            (_mask, _head) = (SmallestRing - 1, 0);
        }
        else if (Count > _mask)
        {
            SentSegment[] larger = ArrayPool<SentSegment>.Shared.Rent(2 * Count);
            _ring.AsSpan(_head, Count - _head).CopyTo(larger);
            _ring.AsSpan(0, _head).CopyTo(larger.AsSpan(Count - _head));
            ArrayPool<SentSegment>.Shared.Return(_ring);
            (_ring, _mask, _head) = (larger, (2 * Count) - 1, 0);
        }
    }

    private void GiveBack()
    {
        if (_ring is { } ring)
        {
            ArrayPool<SentSegment>.Shared.Return(ring);
            _ring = null;
        }

        Duplicates = 0;
    }
}
