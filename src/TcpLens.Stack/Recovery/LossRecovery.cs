using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Everything between "an ACK came" and "these octets may be sent now": what is in flight, the round trip and its timer (RFC 6298), what is
/// lost (RFC 8985, 6675, 6582), how much may be in flight (<see cref="TcpSettings.Congestion"/>, RFC 6937), when to probe the tail.
/// </summary>
internal sealed class LossRecovery
{
    private readonly TcpSettings _settings;
    private readonly RecoveryPhases _phases;
    private readonly Pacer? _pacer;
    private RecoveryTimers _timers = new();
    private RecoveryTally _tally;
    private TailProbe _probe;
    private Instant _lastSentAt;
    private bool _isEstablished;
    private bool _isSynLost;
    private bool _isHeldByWindow;

    public LossRecovery(TcpSettings settings, TcpCounters counters)
    {
        (_settings, _tally, _pacer) = (settings, new(counters), settings.Pacing ? new() : null);
        _phases = new(CongestionControl.Create(settings.Congestion, counters), settings, counters);
    }

    /// <summary>Sequence numbers were sent that are not acknowledged.</summary>
    public bool IsAnythingInFlight => _phases.Sent.Count != 0;

    /// <summary>When <see cref="OnTimeout"/> is to be called: retransmission, loss probe, reordering, pacing.</summary>
    public Instant NextTimeout
        => Earlier(Earlier(_timers.RetransmitAt, _timers.ProbeAt), Earlier(_phases.Losses.ReorderAt, _pacer?.WakeAt ?? Instant.Never));

    /// <summary>Retransmission timeouts in a row without an ACK that advances (R1 and R2 are the caller's).</summary>
    public int Timeouts => _phases.Timeouts;

    /// <summary>When the oldest octet in flight was sent first; Never when nothing is (user timeout).</summary>
    public Instant OldestSentAt => _phases.Sent.Count == 0 ? Instant.Never : _phases.Sent[0].FirstSentAt;

    /// <summary>The timeout now, backoff included; the window probe uses it too.</summary>
    public TimeSpan Rto => TimeSpan.FromMicroseconds(_phases.Rtt.Rto);

    private int SegmentSize => _phases.Window.SegmentSize;

    /// <summary>Both SYNs are acknowledged: what was agreed is known.</summary>
    public void OnEstablished(int segmentSize, bool hasSack, Instant now)
    {
        _isEstablished = true;
        _phases.Losses.Method = !hasSack ? LossMethod.Duplicates : _settings.Rack ? LossMethod.Time : LossMethod.Numbers;
        _phases.Timeouts = 0;

        // RFC 5681 §3.1 and RFC 6298 §5.7: the path has lost something already.
        _phases.Window = new(_isSynLost ? segmentSize : InitialWindow(segmentSize), segmentSize);
        if (_isSynLost)
        {
            _phases.Rtt.OnSynLost();
        }

        _lastSentAt = now;
    }

    /// <summary>The path takes less than before; what does not fit any more is lost (RFC 1191 §6.4), and that is no sign of congestion.</summary>
    public void OnSegmentSize(int segmentSize, Instant now) => _phases.OnSegmentSize(segmentSize);

    /// <summary>New sequence numbers were sent: data, a SYN or a FIN. May be many segments at once.</summary>
    public void OnSent(SentRange range, Instant now)
    {
        if (!IsAnythingInFlight)
        {
            _phases.Control.OnIdleEnded(now.Nanoseconds - _lastSentAt.Nanoseconds);
            _timers.Restart(in _phases.Rtt, now);
        }

        _phases.OnSent(range, now);
        _pacer?.OnSent(range.Length, now);
        _lastSentAt = now;
        if (_probe.IsDue)
        {
            OnProbeSent(false, now);
        }
        else
        {
            ArmProbe(now);
        }
    }

    /// <summary>An acceptable ACK came (SND.UNA ≤ SEG.ACK ≤ SND.NXT).</summary>
    public void OnAck(in AckFacts ack, Instant now)
    {
        int inFlight = _phases.Sent.Octets;
        Delivery delivery = AckIntake.Begin(_phases, in ack, now);
        bool isProbe = false, reportsDuplicate = false;
        if (ack.Sack.Count != 0 && _phases.Losses.HasSack)
        {
            reportsDuplicate = AckIntake.TakeDuplicate(_phases, in ack, in _probe, ref _tally, out isProbe);
            SackReader.Mark(ref _phases.Sent, in ack, ref delivery);
        }

        SynWasLate(in ack);
        AckIntake.TakeAcknowledgment(_phases, in ack, ref delivery);
        AckIntake.MeasureRtt(_phases, in ack, in delivery, inFlight, now);
        bool isDuplicate = !delivery.Advances && ack.IsBare && inFlight != 0 && ack.Acknowledgment == ack.Unacknowledged;
        if (_isEstablished)
        {
            Recover(in ack, ref delivery, isDuplicate, reportsDuplicate, isProbe, now);
        }

        _tally.OnDelivered(delivery.Segments, ack.ReportsCongestion);
        Rearm(delivery.Advances, now);
    }

    /// <summary>How many octets beyond SND.NXT may be sent now; the peer's window is the caller's matter.</summary>
    public int Allowance(Instant now)
    {
        ref SentSegments sent = ref _phases.Sent;
        if (sent.Count == 0)
        {
            RestartAfterIdle(now);
        }
        else if (sent.Count >= SentSegments.Limit)
        {
            return 0;
        }

        int room = _phases.Window.Octets - sent.Pipe;
        if (_probe.IsDue)
        {
            return Math.Max(room, SegmentSize);
        }

        // Whole segments while there is room for one, or the end of what may be sent would be a small segment.
        room = room >= SegmentSize ? room - (room % SegmentSize) : room;
        return room <= 0 ? 0 : Paced(room, now);
    }

    /// <summary>What is to be sent again now. It counts as sent again when this returns true.</summary>
    /// <param name="limit">Octets, at most.</param>
    /// <param name="windowEnd">SND.UNA + SND.WND: nothing beyond it is sent again (SHLD-16), but the one segment that a timeout is for.</param>
    /// <param name="hasNewData">A tail loss probe is then new data.</param>
    /// <param name="now">The time.</param>
    /// <param name="range">What.</param>
    public bool TryTakeRetransmission(int limit, SeqNum windowEnd, bool hasNewData, Instant now, out SentRange range)
    {
        range = default;
        if (!IsAnythingInFlight)
        {
            return false;
        }

        if (_probe.IsDue)
        {
            return !hasNewData && TryTakeProbe(limit, windowEnd, now, out range);
        }

        if (_phases.PrefersNewData && hasNewData)
        {
            return false;
        }

        int index = _phases.Sent.FindToBeSentAgain();
        if (index < 0 && !hasNewData && _phases.Phase == RecoveryPhase.Recovery)
        {
            index = _phases.Losses.FindRescue(_phases.Point, SegmentSize);
        }

        return index >= 0 && TryTake(index, limit, windowEnd, now, out range);
    }

    public void OnTimeout(Instant now)
    {
        _pacer?.OnTimeout(now);
        if (now >= _phases.Losses.ReorderAt)
        {
            _phases.OnReorderTimeout(now);
        }

        if (now >= _timers.ProbeAt)
        {
            _probe.IsDue = true;
            _timers.StopProbe();
            _timers.Restart(in _phases.Rtt, now);
        }
        else if (now >= _timers.RetransmitAt)
        {
            OnRetransmissionTimeout(now);
        }
    }

    /// <summary>The window was reduced since this was last asked: the next new segment says CWR (RFC 3168 §6.1.2).</summary>
    public bool TakeWindowReduced()
    {
        bool has = _phases.Control.HasReduced;
        _phases.Control.HasReduced = false;
        return has;
    }

    /// <summary>The program had nothing to send, so the congestion window was not what held it back (RFC 9438 §5.8, RFC 7661).</summary>
    public void OnApplicationLimited(Instant now)
    {
        if (_settings.SlowStartAfterIdle && _phases.Phase == RecoveryPhase.Open)
        {
            _phases.Window.OnApplicationLimited(InitialWindow(SegmentSize), _phases.Rtt.Rto, _phases.Control.CurrentThreshold, now);
        }
    }

    /// <summary>The connection is closed: nothing is in flight, no timer runs, no array is kept.</summary>
    public void Clear()
    {
        _phases.Losses.Clear();
        _probe.Forget();
        _pacer?.Open();
        _timers.Stop();
    }

    /// <summary>Its part of the status.</summary>
    public ConnectionStatus Describe(ConnectionStatus status) => _tally.Describe(_phases.Describe(status));

    private static Instant Earlier(Instant left, Instant right) => left < right ? left : right;

    private int Paced(int octets, Instant now) => _pacer?.Limit(octets, now) ?? octets;

    private int InitialWindow(int segmentSize) => CongestionWindow.Initial(_settings.InitialWindow, segmentSize);

    private void Recover(in AckFacts ack, ref Delivery delivery, bool isDuplicate, bool reportsDuplicate, bool isProbe, Instant now)
    {
        if (_isHeldByWindow)
        {
            // The peer is there, and keeps its window closed: that is no reason to give it up (SHLD-17).
            _phases.Timeouts = 0;
        }

        if (_probe.HasMended(ack.Acknowledgment, isProbe, isDuplicate && !delivery.HasSacked))
        {
            _phases.OnProbeMended();
        }

        _phases.OnAck(in ack, ref delivery, isDuplicate, reportsDuplicate, now);
        _pacer?.SetRate(in _phases.Window, _phases.Rtt.Smoothed);
    }

    /// <summary>The SYN that was sent first is what is answered: nothing was lost (RFC 4015's idea).</summary>
    private void SynWasLate(in AckFacts ack)
    {
        if (_isSynLost && !_isEstablished && IsAnythingInFlight && ack.EchoedSentAt is { } sentAt
            && sentAt.AddMicroseconds(Undo.EchoGrain) <= _phases.Sent[0].SentAt && Timeouts == 1)
        {
            _isSynLost = false;
        }
    }

    private void Rearm(bool advances, Instant now)
    {
        if (!IsAnythingInFlight)
        {
            _phases.Losses.Clear();
            _probe.IsDue = false;
            _timers.Stop();
            return;
        }

        if (advances)
        {
            _timers.Restart(in _phases.Rtt, now);
            _probe.IsDue = false;
        }

        if (advances || _phases.Phase != RecoveryPhase.Open)
        {
            ArmProbe(now);
        }
    }

    /// <summary>RFC 8985 §7.2: while nothing is being recovered and no probe is out.</summary>
    private void ArmProbe(Instant now)
    {
        if (_phases.Losses.Method == LossMethod.Time && !_probe.IsOut && _phases.Sent.Sacked == 0
            && _phases.Phase is RecoveryPhase.Open or RecoveryPhase.WindowReduced)
        {
            _timers.StartProbe(in _phases.Rtt, _phases.Sent.Octets <= SegmentSize, now);
        }
        else
        {
            _timers.StopProbe();
        }
    }

    private void OnProbeSent(bool isRetransmission, Instant now)
    {
        _probe.OnSent(_phases.Next, isRetransmission);
        _tally.OnProbe();
        _timers.StopProbe();
        _timers.Restart(in _phases.Rtt, now);
    }

    /// <summary>RFC 6298 §5.4 to §5.6.</summary>
    private void OnRetransmissionTimeout(Instant now)
    {
        _probe.Forget();
        _timers.StopProbe();
        _tally.OnTimeout(_phases.Phase, Timeouts, _phases.Losses.HasSack, _phases.Sent.Sacked != 0);
        if (_isEstablished)
        {
            _phases.OnTimeout(now);
        }
        else
        {
            _isSynLost = true;
            _phases.Sent.MarkLost(0);
        }

        _phases.Timeouts++;
        _phases.Rtt.BackOff();
        _timers.Restart(in _phases.Rtt, now);
    }

    /// <summary>RFC 8985 §7.3: nothing new to send, so the last segment, or the end of it that has room beside SACK blocks.</summary>
    private bool TryTakeProbe(int limit, SeqNum windowEnd, Instant now, out SentRange range)
    {
        _probe.IsDue = false;
        ref SentSegments sent = ref _phases.Sent;
        SentSegment last = sent[sent.Count - 1];
        range = default;
        if (last.End.IsAfter(windowEnd))
        {
            return false;
        }

        int index = sent.SplitLast(sent.Count - 1, SegmentSize);
        if (sent[index].Length > limit)
        {
            sent.Split(index, last.End + (uint)-limit);
            index++;
        }

        range = Retransmit(index, isByTimer: true, now);
        OnProbeSent(true, now);
        return true;
    }

    private bool TryTake(int index, int limit, SeqNum windowEnd, Instant now, out SentRange range)
    {
        ref SentSegments sent = ref _phases.Sent;
        SentSegment segment = sent[index];
        range = default;
        int room = _isEstablished ? _phases.Window.Octets - sent.Pipe : SegmentSize;
        _isHeldByWindow = windowEnd - segment.Start <= 0;
        int inWindow = _isHeldByWindow && _tally.IsByTimer ? Math.Min(segment.Length, SegmentSize) : windowEnd - segment.Start;
        int length = Math.Min(segment.Length, inWindow);
        int least = Math.Min(Math.Min(length, limit), SegmentSize);
        if (least <= 0 || room < least || Paced(room, now) == 0)
        {
            return false;
        }

        length = Math.Min(length, Math.Max(Math.Min(room, limit) / SegmentSize * SegmentSize, least));
        if (length < segment.Length)
        {
            sent.Split(index, segment.Start + (uint)length);
        }

        range = Retransmit(index, _tally.IsByTimer, now);
        _pacer?.OnSent(length, now);
        _tally.OnRecovering(_phases.Phase, SentSegments.InSegments(length, SegmentSize));
        if (index == 0)
        {
            _timers.Restart(in _phases.Rtt, now);
        }

        return true;
    }

    private SentRange Retransmit(int index, bool isByTimer, Instant now)
    {
        _phases.Sent.MarkRetransmitted(index, now);
        SentSegment segment = _phases.Sent[index];
        _phases.OnRetransmitted(segment.Length, isByTimer, now);
        _tally.OnRetransmitted(segment.Length, SentSegments.InSegments(segment.Length, SegmentSize), !_isEstablished);
        _lastSentAt = now;
        return new(segment.Start, segment.End);
    }

    private void RestartAfterIdle(Instant now)
    {
        long silence = now.MicrosecondsSince(_lastSentAt) - (long)_phases.Rtt.Rto;
        if (_isEstablished && _settings.SlowStartAfterIdle && silence > 0)
        {
            _phases.Window.OnIdle(InitialWindow(SegmentSize), _phases.Rtt.Rto, silence, _phases.Control.CurrentThreshold, now);
            _lastSentAt = now;
        }
    }
}
