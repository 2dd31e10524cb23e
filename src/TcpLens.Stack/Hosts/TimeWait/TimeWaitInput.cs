using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Segments for connections of which only a record in TIME-WAIT is left (RFC 9293 §3.10.7.4; <see cref="TimeWaitRules"/> judges).</summary>
internal sealed class TimeWaitInput(TcpHostSettings settings, TimeWaitTable table, TcpCounters counters, ReplyQueue replies, StraySegments strays)
{
    private TokenBucket _acks = new(settings.ResetsPerSecond);

    /// <summary>True when the segment is a SYN for a new connection by the same names: the record is gone, and a listener may have the SYN.</summary>
    /// <param name="index">Of the record.</param>
    /// <param name="hasListener">Somebody would take a new connection.</param>
    /// <param name="segment">What came.</param>
    /// <param name="now">The time.</param>
    /// <param name="reason">Why it had no effect.</param>
    /// <param name="sendNext">SND.NXT of the old connection.</param>
    public bool IsReopened(int index, bool hasListener, scoped in TcpSegment segment, Instant now, out DropReason reason, out SeqNum sendNext)
    {
        TimeWaitRecord record = table[index];
        sendNext = record.SendNext;
        TimeWaitVerdict verdict = TimeWaitRules.Judge(record.Facts, segment, settings.Tcp, out reason);
        switch (verdict)
        {
            case TimeWaitVerdict.Reopen when hasListener:
                table.Remove(index);
                counters.Add(TcpCounter.TWRecycled);
                return true;
            case TimeWaitVerdict.Restart:
                table.Restart(index, now);
                Acknowledge(record, now);
                break;
            case TimeWaitVerdict.Acknowledge or TimeWaitVerdict.Reopen:
                AcknowledgeSometimes(record, now);
                break;
            case TimeWaitVerdict.Forget:
                table.Remove(index);
                break;
            case TimeWaitVerdict.Reset:
                strays.Answer(table.TupleOf(record), segment, now);
                table.Remove(index);
                break;
        }

        return false;
    }

    /// <summary>For what need not be answered each time it comes (RFC 5961 §7).</summary>
    private void AcknowledgeSometimes(in TimeWaitRecord record, Instant now)
    {
        if (_acks.TryTake(now))
        {
            Acknowledge(record, now);
        }
        else
        {
            counters.Add(TcpCounter.TCPACKSkippedTimeWait);
        }
    }

    private void Acknowledge(in TimeWaitRecord record, Instant now)
    {
        TimeWaitFacts facts = record.Facts;
        var ack = new TcpSegment
        {
            Sequence = facts.SendNext,
            Acknowledgment = facts.ReceiveNext,
            Bits = ControlBits.Ack,
            Window = record.Window,
            Options = new()
            {
                Present = facts.HasTimestamps ? SegmentOptionSet.Timestamps : SegmentOptionSet.None,
                TimestampValue = new TimestampClock(record.TimestampOffset).Value(now),
                TimestampEcho = facts.RecentTimestamp,
            },
        };
        replies.TryAdd(table.TupleOf(record), ack, ConnectionOptions.Default);
    }
}
