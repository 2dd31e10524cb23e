using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Everything between "an ACK came" and "these octets may be sent now": what is in flight, the round trip and its timer (RFC 6298), what is
/// lost (RFC 8985, 6675, 6582), how much may be in flight (<see cref="TcpSettings.Congestion"/>, RFC 6937), when to probe the tail.
/// </summary>
internal sealed class LossRecovery
{
    /// <summary>Until the handshake says what the peer takes (RFC 9293 MUST-15).</summary>
    private const int SegmentSizeBefore = 536;

    private readonly TcpSettings _settings;
    private readonly TcpCounters _counters;
    private readonly CongestionControl _congestion;
    private readonly RecoveryPhases _phases;
    private TailProbe _probe;
    private Pacer _pacer;
    private Instant _retransmitAt = Instant.Never;
    private Instant _probeAt = Instant.Never;
    private Instant _lastSentAt;
    private bool _isEstablished;
    private bool _isSynLost;
    private bool _isFirstAfterTimeout;
    private int _duplicatesReported;
    private long _delivered;
    private long _retransmissions;
    private long _octetsRetransmitted;

    public LossRecovery(TcpSettings settings, TcpCounters counters)
    {
        (_settings, _counters) = (settings, counters);
        _congestion = CongestionControl.Create(settings.Congestion, counters);
        _phases = new(_congestion, settings, counters) { Window = new(SegmentSizeBefore, SegmentSizeBefore) };
    }

    /// <summary>Octets in flight are acknowledged up to here, and this is where new ones begin.</summary>
    public bool IsAnythingInFlight => _phases.Sent.Count != 0;

    /// <summary>When <see cref="OnTimeout"/> is to be called: retransmission, loss probe, reordering, pacing.</summary>
    public Instant NextTimeout
        => Earlier(Earlier(_retransmitAt, _probeAt), Earlier(_phases.ReorderAt, _pacer.WakeAt));

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
        _phases.HasSack = hasSack;
        int window = _isSynLost ? segmentSize : CongestionWindow.Initial(_settings.InitialWindow, segmentSize);
        _phases.Window = new(window, segmentSize);
        _phases.Timeouts = 0;
        if (_isSynLost)
        {
            _phases.Rtt.OnSynLost();
        }

        _lastSentAt = now;
    }

    /// <summary>The path takes less than before; what does not fit any more is lost (RFC 1191 §6.5), and that is no sign of congestion.</summary>
    public void OnSegmentSize(int segmentSize, Instant now) => _phases.OnSegmentSize(segmentSize);

    /// <summary>New sequence numbers were sent: data, a SYN or a FIN. May be many segments at once.</summary>
    public void OnSent(SentRange range, Instant now)
    {
        if (_phases.Sent.Count == 0)
        {
            _congestion.OnIdleEnded(now.Nanoseconds - _lastSentAt.Nanoseconds);
            _retransmitAt = AfterRto(now);
        }

        _phases.OnSent(range, now);
        _lastSentAt = now;
        _pacer.OnSent(range.Length, now);
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
        Delivery delivery = Begin(in ack, now);
        bool reportsDuplicate = TakeSack(in ack, ref delivery, out bool isProbe);
        TakeAcknowledgment(in ack, ref delivery);
        bool isDuplicate = !delivery.Advances && ack.IsBare && inFlight != 0 && ack.Acknowledgment == ack.Unacknowledged;
        _delivered += delivery.Segments;
        _counters.Add(TcpCounter.TCPDelivered, delivery.Segments);
        MeasureRtt(in ack, in delivery, inFlight, now);
        if (!_isEstablished)
        {
            _retransmitAt = IsAnythingInFlight ? AfterRto(now) : Instant.Never;
            return;
        }

        if (_probe.HasMended(ack.Acknowledgment, isProbe, isDuplicate && !delivery.HasSacked))
        {
            _phases.OnProbeMended();
        }

        _phases.OnAck(in ack, ref delivery, isDuplicate, reportsDuplicate, now);
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

        // Whole segments while there is room for one, or the tail of what may be sent would be a small segment.
        room = room >= SegmentSize ? room - (room % SegmentSize) : room;
        return room <= 0 ? 0 : _pacer.Limit(room, now);
    }

    /// <summary>What is to be sent again now. It counts as sent again when this returns true.</summary>
    /// <param name="limit">Octets, at most.</param>
    /// <param name="windowEnd">SND.UNA + SND.WND: nothing beyond it is sent again (SHLD-16).</param>
    /// <param name="hasNewData">A tail loss probe is then new data.</param>
    /// <param name="now">The time.</param>
    /// <param name="range">What.</param>
    public bool TryTakeRetransmission(int limit, SeqNum windowEnd, bool hasNewData, Instant now, out SentRange range)
    {
        range = default;
        if (_phases.Sent.Count == 0)
        {
            return false;
        }

        if (_probe.IsDue)
        {
            return !hasNewData && TryTakeProbe(windowEnd, now, out range);
        }

        int index = _phases.PrefersNewData && hasNewData ? -1 : _phases.Sent.FindToBeSentAgain();
        if (index < 0 && _isEstablished && !_settings.Rack && !hasNewData)
        {
            index = _phases.FindRescue();
        }

        return index >= 0 && TryTake(index, limit, windowEnd, now, out range);
    }

    public void OnTimeout(Instant now)
    {
        _pacer.OnTimeout(now);
        if (now >= _phases.ReorderAt)
        {
            _phases.OnReorderTimeout(now);
        }

        if (now >= _probeAt)
        {
            _probe.IsDue = IsAnythingInFlight;
            _probeAt = Instant.Never;
            _retransmitAt = AfterRto(now);
        }
        else if (now >= _retransmitAt)
        {
            OnRetransmissionTimeout(now);
        }
    }

    /// <summary>The window was reduced since this was last asked: the next new segment says CWR (RFC 3168 §6.1.2).</summary>
    public bool TakeWindowReduced()
    {
        bool was = _phases.HasReducedWindow;
        _phases.HasReducedWindow = false;
        return was;
    }

    /// <summary>The program had nothing to send, so the congestion window was not what held it back (RFC 9438 §5.8, RFC 7661).</summary>
    public void OnApplicationLimited(Instant now) => _probe.IsDue &= IsAnythingInFlight;

    /// <summary>The connection is closed: nothing is in flight, no timer runs, no array is kept.</summary>
    public void Clear()
    {
        _phases.Clear();
        _probe.Forget();
        _pacer = default;
        (_retransmitAt, _probeAt) = (Instant.Never, Instant.Never);
    }

    /// <summary>Its part of the status.</summary>
    public ConnectionStatus Describe(ConnectionStatus status)
    {
        (int unacknowledged, int sacked, int lost, int retransmitted) = _phases.Sent.Segments(SegmentSize);
        return status with
        {
            Phase = _phases.Phase,
            Retransmits = Timeouts,
            Backoff = _phases.Rtt.Backoff,
            Rto = Rto,
            SmoothedRtt = TimeSpan.FromMicroseconds(_phases.Rtt.Smoothed),
            RttVariation = TimeSpan.FromMicroseconds(_phases.Rtt.Variation),
            MinimumRtt = TimeSpan.FromMicroseconds(_phases.Rtt.Minimum),
            SlowStartThreshold = _phases.Window.Threshold == CongestionWindow.NoThreshold ? int.MaxValue : _phases.Window.Threshold / SegmentSize,
            CongestionWindow = _phases.Window.Octets / SegmentSize,
            Unacknowledged = unacknowledged,
            Sacked = sacked,
            Lost = lost,
            Retransmitted = retransmitted,
            Reordering = _phases.Reordering,
            ReorderingsSeen = _phases.ReorderingsSeen,
            TotalRetransmissions = _retransmissions,
            OctetsRetransmitted = _octetsRetransmitted,
            Delivered = _delivered,
            DuplicatesReported = _duplicatesReported,
        };
    }

    private static Instant Earlier(Instant left, Instant right) => left < right ? left : right;

    private Instant AfterRto(Instant now) => now.AddMicroseconds(_phases.Rtt.Rto);

    private Delivery Begin(in AckFacts ack, Instant now)
    {
        Instant believable = now.AddMicroseconds(-_phases.Rtt.Minimum);
        return new()
        {
            Highest = _phases.Sent.HighestSacked(ack.Unacknowledged),
            RecoveryPoint = _phases.Point,
            SegmentSize = SegmentSize,
            LatestBelievable = ack.EchoedSentAt is { } echoed ? Earlier(believable, echoed.AddMicroseconds(EchoGrain)) : believable,
        };
    }

    /// <summary>Timestamps count milliseconds (RFC 7323 §5.4 allows it): one that was sent at the end of a tick seems to be that much older.</summary>
    private const int EchoGrain = 1_000;

    private bool TakeSack(in AckFacts ack, ref Delivery delivery, out bool isProbe)
    {
        isProbe = false;
        if (!_phases.HasSack || ack.Sack.Count == 0)
        {
            return false;
        }

        bool reportsDuplicate = SackReader.TryFindDuplicate(in ack, _phases.Next, out SackBlock duplicate);
        SackReader.Mark(ref _phases.Sent, in ack, reportsDuplicate, ref delivery);
        if (!reportsDuplicate)
        {
            return false;
        }

        if (duplicate.Length > _octetsRetransmitted)
        {
            // So much was never sent twice: the network duplicated it, or the peer lies.
            _counters.Add(TcpCounter.TCPDSACKIgnoredDubious);
            return false;
        }

        int segments = (duplicate.Length + SegmentSize - 1) / SegmentSize;
        _duplicatesReported += segments;
        _counters.Add(duplicate.Left.IsBefore(ack.Acknowledgment) ? TcpCounter.TCPDSACKRecv : TcpCounter.TCPDSACKOfoRecv);
        _counters.Add(TcpCounter.TCPDSACKRecvSegs, segments);
        isProbe = _probe.IsTheDuplicate(duplicate.Right);
        _phases.OnDuplicateReported(duplicate.Right, duplicate.Length, isProbe);
        return true;
    }

    private void TakeAcknowledgment(in AckFacts ack, ref Delivery delivery)
    {
        int before = _phases.Sent.Octets, duplicates = _phases.Sent.Duplicates;
        _phases.Sent.Acknowledge(ack.Acknowledgment, ref delivery);
        int acknowledged = before - _phases.Sent.Octets;
        if (acknowledged == 0)
        {
            return;
        }

        delivery.Advances = true;
        _phases.Timeouts = 0;
        if (duplicates != 0)
        {
            delivery.Discount(duplicates);
            _phases.Sent.ForgetDuplicates(acknowledged - SegmentSize);
        }
    }

    private void MeasureRtt(in AckFacts ack, in Delivery delivery, int inFlight, Instant now)
    {
        if (delivery.OldestSentAt != default && !delivery.HasRetransmitted)
        {
            _phases.Rtt.OnMinimumSample(now.MicrosecondsSince(delivery.NewestSentAt), now);
            _phases.Rtt.OnSample(now.MicrosecondsSince(delivery.OldestSentAt), inFlight / (2 * SegmentSize));
            if (delivery.Advances)
            {
                _congestion.OnRtt(ref _phases.Window, now.MicrosecondsSince(delivery.NewestSentAt), ack.Acknowledgment, _phases.Next);
            }
        }
        else if (delivery.Advances && ack.EchoedRtt is { } rtt)
        {
            _phases.Rtt.OnSample((int)Math.Min(rtt.Ticks / TimeSpan.TicksPerMicrosecond, int.MaxValue), inFlight / (2 * SegmentSize));
        }
    }

    private void Rearm(bool advances, Instant now)
    {
        if (!IsAnythingInFlight)
        {
            (_retransmitAt, _probeAt) = (Instant.Never, Instant.Never);
            _probe.Forget();
            return;
        }

        if (advances)
        {
            _retransmitAt = AfterRto(now);
            _probe.IsDue = false;
        }

        if (advances || _phases.Phase is not (RecoveryPhase.Open or RecoveryPhase.WindowReduced))
        {
            ArmProbe(now);
        }
    }

    private void ArmProbe(Instant now)
    {
        bool mayProbe = _isEstablished && _phases.UsesRack && !_probe.IsOut && _phases.Sent.Sacked == 0
            && _phases.Phase is RecoveryPhase.Open or RecoveryPhase.WindowReduced;
        _probeAt = mayProbe
            ? Earlier(now.AddMicroseconds(TailProbe.Timeout(in _phases.Rtt, _phases.Sent.Octets <= SegmentSize)), _retransmitAt)
            : Instant.Never;
    }

    private void OnProbeSent(bool isRetransmission, Instant now)
    {
        _probe.OnSent(_phases.Next, isRetransmission);
        _counters.Add(TcpCounter.TCPLossProbes);
        _probeAt = Instant.Never;
        _retransmitAt = AfterRto(now);
    }

    private void OnRetransmissionTimeout(Instant now)
    {
        _probe.Forget();
        _probeAt = Instant.Never;
        _counters.Add(TcpCounter.TCPTimeouts);
        if (_isEstablished)
        {
            CountFailure();
            _phases.OnTimeout(now);
        }
        else
        {
            _isSynLost = true;
            _phases.Sent.MarkLost(0);
        }

        _phases.Timeouts++;
        _phases.Rtt.BackOff();
        _retransmitAt = AfterRto(now);
        _isFirstAfterTimeout = true;
    }

    private void CountFailure()
    {
        if (_phases.Timeouts != 0)
        {
            return;
        }

        if (_phases.Phase == RecoveryPhase.Loss)
        {
            _counters.Add(TcpCounter.TCPLossFailures);
        }
        else if (_phases.Phase == RecoveryPhase.Disorder || _phases.Sent.Sacked != 0)
        {
            _counters.Add(_phases.HasSack ? TcpCounter.TCPSackFailures : TcpCounter.TCPRenoFailures);
        }
    }

    /// <summary>RFC 8985 §7.3: nothing new to send, so the last segment.</summary>
    private bool TryTakeProbe(SeqNum windowEnd, Instant now, out SentRange range)
    {
        _probe.IsDue = false;
        ref SentSegments sent = ref _phases.Sent;
        SentSegment last = sent[sent.Count - 1];
        range = default;
        if (last.End.IsAfter(windowEnd))
        {
            return false;
        }

        int tail = last.Length % SegmentSize is var odd and not 0 ? odd : SegmentSize;
        if (last.Length > tail)
        {
            sent.Split(sent.Count - 1, last.End + (uint)-tail);
        }

        range = Retransmit(sent.Count - 1, now);
        OnProbeSent(true, now);
        return true;
    }

    private bool TryTake(int index, int limit, SeqNum windowEnd, Instant now, out SentRange range)
    {
        ref SentSegments sent = ref _phases.Sent;
        SentSegment segment = sent[index];
        range = default;
        int room = _isEstablished ? _phases.Window.Octets - sent.Pipe : SegmentSize;
        int length = Math.Min(segment.Length, windowEnd - segment.Start);
        int least = Math.Min(Math.Min(length, limit), SegmentSize);
        if (least <= 0 || room < least || _pacer.Limit(room, now) == 0)
        {
            return false;
        }

        length = Math.Min(length, Math.Max(Math.Min(room, limit) / SegmentSize * SegmentSize, least));
        if (length < segment.Length)
        {
            sent.Split(index, segment.Start + (uint)length);
        }

        range = Retransmit(index, now);
        _pacer.OnSent(length, now);
        if (_isEstablished)
        {
            CountRecovery(range.Length);
        }

        if (index == 0)
        {
            _retransmitAt = AfterRto(now);
        }

        return true;
    }

    private SentRange Retransmit(int index, Instant now)
    {
        _phases.Sent.MarkRetransmitted(index, now);
        SentSegment segment = _phases.Sent[index];
        int segments = (segment.Length + SegmentSize - 1) / SegmentSize;
        _retransmissions += segments;
        _octetsRetransmitted += segment.Length;
        _counters.Add(TcpCounter.RetransSegs, segments);
        if (!_isEstablished)
        {
            _counters.Add(TcpCounter.TCPSynRetrans);
        }

        _phases.OnRetransmitted(segment.Length, now);
        _lastSentAt = now;
        return new(segment.Start, segment.End);
    }

    /// <summary>As Linux counts: what the timer itself sends again is in TCPTimeouts.</summary>
    private void CountRecovery(int octets)
    {
        if (!_isFirstAfterTimeout)
        {
            int segments = (octets + SegmentSize - 1) / SegmentSize;
            _counters.Add(_phases.Phase == RecoveryPhase.Loss ? TcpCounter.TCPSlowStartRetrans : TcpCounter.TCPFastRetrans, segments);
        }

        _isFirstAfterTimeout = false;
    }

    /// <summary>After a silence of an RTO and more the window is halved for each, down to the initial one (RFC 5681 §4.1, RFC 2861 as Linux has it).</summary>
    private void RestartAfterIdle(Instant now)
    {
        long silence = now.MicrosecondsSince(_lastSentAt) - _phases.Rtt.Rto;
        if (_isEstablished && _settings.SlowStartAfterIdle && silence > 0)
        {
            _phases.RestartAfterIdle(CongestionWindow.Initial(_settings.InitialWindow, SegmentSize), silence);
            _lastSentAt = now;
        }
    }
}
