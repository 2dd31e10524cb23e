using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>
/// What one segment tells of the states of both ends. Of its sender it proves what the sender must have been in, and what must have
/// reached it. Its receiver it moves only where nothing will ever show that it arrived (an ACK of its SYN or FIN, a RST), and that is
/// inferred: proven when the receiver's own segments show it, taken back when they show the contrary.
/// </summary>
internal readonly ref struct SegmentEvidence
{
    /// <summary>An acknowledgment may run ahead of what was captured by this much, and still be one of this stream.</summary>
    private const uint FarthestAhead = 1u << 30;

    private readonly ref readonly CapturedSegment _segment;
    private readonly Timeline _timeline;
    private readonly ref EndTrack _sender;
    private readonly ref EndTrack _receiver;
    private readonly ConnectionEnd _end;
    private readonly long _at;
    private readonly SeqNum _next;
    private readonly bool _advances;

    /// <remarks>
    /// The time is in nanoseconds since the connection's first segment; next is the number that its sender was expected to go on with. It
    /// advances when it acknowledges more than was acknowledged before.
    /// </remarks>
    public SegmentEvidence(ref readonly CapturedSegment segment, ConnectionEnd end, ref ConnectionTrack track, Timeline timeline, long at, SeqNum next, bool advances)
    {
        _segment = ref segment;
        _timeline = timeline;
        _end = end;
        _sender = ref EndTracks.Of(ref track.Ends, end);
        _receiver = ref EndTracks.Of(ref track.Ends, end.Other);
        _at = at;
        _next = next;
        _advances = advances;
    }

    private EndState Sender => _timeline[_end];

    private EndState Receiver => _timeline[_end.Other];

    private bool HasAck => _segment.Has(ControlBits.Ack);

    /// <summary>The FIN of the other end was captured, and this acknowledges it.</summary>
    private bool AcksFin => HasAck && _receiver.Has(EndFacts.SentFin) && _segment.Acknowledgment == _receiver.FinAt + 1;

    public static EndFacts SpokenBy(ref readonly CapturedSegment segment) => EndFacts.Spoke | (segment.PayloadLength > 0 ? EndFacts.SentData : EndFacts.None);

    public SegmentMarks Take(SegmentMarks known)
    {
        if (_segment.Bits.Fault is not (ControlBitsFault.None or ControlBitsFault.FinRst))
        {
            return SegmentMarks.None;
        }

        SegmentMarks marks = SegmentMarks.None;
        if (_segment.Has(ControlBits.Rst))
        {
            marks = TakeReset(known);
        }
        else
        {
            TakeOrdinary();
        }

        _sender.Facts |= SpokenBy(in _segment);
        return marks;
    }

    private void TakeOrdinary()
    {
        TakeBack();
        if (_segment.Has(ControlBits.Syn | ControlBits.Ack))
        {
            TakeSynAck();
        }
        else if (_segment.Has(ControlBits.Syn))
        {
            TakeSyn();
        }
        else
        {
            TakeAck();
            ProveMidstream();
            TakeAckOfFin();
        }

        if (_segment.Has(ControlBits.Fin))
        {
            TakeFin();
        }

        TellReceiver();
    }

    /// <summary>An end that was told something and speaks as if it had not been told was not told.</summary>
    private void TakeBack()
    {
        _timeline.TakeBack(_end, StepCause.Reset);
        bool isSynAgain = _segment.Has(ControlBits.Syn) && _sender.HasAny(EndFacts.SentSyn | EndFacts.SentSynAck);
        if (isSynAgain && Sender.State == TcpState.Established)
        {
            _timeline.TakeBack(_end, StepCause.AckOfSyn);
        }

        if (_segment.Has(ControlBits.Fin) && _sender.Has(EndFacts.SentFin))
        {
            _timeline.TakeBack(_end, StepCause.AckOfFin);
        }
    }

    private void TakeSyn()
    {
        _timeline.Begin(_end, TcpState.SynSent, Certainty.Seen, StepCause.Own, _at);
        _sender.Facts |= EndFacts.SentSyn;
    }

    private void TakeSynAck()
    {
        _sender.Facts |= EndFacts.SentSynAck;
        if (_receiver.HasAny(EndFacts.SentSyn | EndFacts.SentSynAck) && !AcksSyn())
        {
            return;
        }

        if (Sender.Certainty == Certainty.Unknown)
        {
            _timeline.Begin(_end.Other, TcpState.SynSent, Certainty.Inferred, StepCause.Midstream, _at);
            _timeline.Begin(_end, TcpState.SynReceived, Certainty.Seen, StepCause.Own, _at);
        }
        else if (Sender.State == TcpState.SynSent)
        {
            Prove(TcpEvent.Syn);
        }
    }

    /// <summary>A segment without SYN: its sender has the handshake behind it, or never had to do with this connection.</summary>
    private void TakeAck()
    {
        switch (Sender)
        {
            case { Certainty: Certainty.Unknown }:
                AppearWithoutSyn();
                break;
            case { State: TcpState.SynSent }:
                CompleteActiveOpen();
                break;
            case { State: TcpState.SynReceived } when _sender.Has(EndFacts.SynAcknowledged) || _segment.SequenceLength > 0:
                Prove(TcpEvent.AckOfSyn);
                Infer(_end.Other, TcpState.SynSent, TcpEvent.SynAck, StepCause.Midstream);
                break;
            case { State: TcpState.Established, Certainty: Certainty.Inferred }:
                _timeline.Prove(_end, StepCause.AckOfSyn);
                break;
            default:
                break;
        }

        if (_advances && !_receiver.Has(EndFacts.Spoke))
        {
            // The end that is not captured must be sending, since what it sends is acknowledged.
            _timeline.Begin(_end.Other, TcpState.Established, Certainty.Inferred, StepCause.Midstream, _at);
        }
    }

    /// <summary>
    /// In answer to a SYN, an ACK of something else belongs to an older connection, and an ACK of the SYN alone may come ahead of the
    /// SYN-ACK: neither tells anything. What carries more comes after a SYN-ACK that was not captured.
    /// </summary>
    private void AppearWithoutSyn()
    {
        bool answersSyn = Receiver is { Certainty: not Certainty.Unknown, State: TcpState.SynSent };
        if (!answersSyn || (AcksSyn() && _segment.SequenceLength > 0))
        {
            _timeline.Begin(_end, TcpState.Established, Certainty.Inferred, StepCause.Midstream, _at);
        }
    }

    private void CompleteActiveOpen()
    {
        bool isOneSided = !_receiver.Has(EndFacts.Spoke);
        if (!isOneSided && !(_receiver.Has(EndFacts.SentSynAck) && AcksSyn() && IsNearNext()))
        {
            return;
        }

        if (isOneSided)
        {
            _timeline.Begin(_end.Other, TcpState.SynReceived, Certainty.Inferred, StepCause.Midstream, _at);
        }

        _timeline.Prove(_end, StepCause.Midstream);
        Prove(TcpEvent.SynAck);
        if (isOneSided)
        {
            Infer(_end.Other, TcpState.SynReceived, TcpEvent.AckOfSyn, StepCause.Midstream);
        }
    }

    /// <summary>
    /// Both ends have sent data or a FIN of their own since the capture began: neither had the other's FIN before, so both were
    /// ESTABLISHED when they began to speak.
    /// </summary>
    private void ProveMidstream()
    {
        const EndFacts Stream = EndFacts.SentData | EndFacts.SentFin;
        bool speaks = _segment.PayloadLength > 0 || _segment.Has(ControlBits.Fin) || _sender.HasAny(Stream);
        if (speaks && _receiver.HasAny(Stream) && _timeline.HasGuesses)
        {
            _timeline.Prove(_end, StepCause.Midstream);
            _timeline.Prove(_end.Other, StepCause.Midstream);
        }
    }

    /// <summary>The sender acknowledges the FIN of the other end, so it received it, and whatever that carried.</summary>
    private void TakeAckOfFin()
    {
        if (!AcksFin || Sender.Certainty == Certainty.Unknown)
        {
            return;
        }

        switch (Sender.State)
        {
            case TcpState.Established or TcpState.SynReceived:
                Prove(TcpEvent.Fin);
                break;
            case TcpState.FinWait1:
                Prove(_receiver.Has(EndFacts.FinAcksFin) ? TcpEvent.FinAckOfFin : TcpEvent.Fin);
                break;
            case TcpState.FinWait2:
                _timeline.Prove(_end, StepCause.AckOfFin);
                Prove(TcpEvent.Fin);
                break;
            case TcpState.TimeWait when _receiver.Has(EndFacts.FinAcksFin):
                _timeline.Prove(_end, StepCause.AckOfFin);
                break;
            case TcpState.TimeWait:
                _timeline.ProveAllButLast(_end, StepCause.AckOfFin);
                break;
            default:
                break;
        }
    }

    private void TakeFin()
    {
        NoteClose();
        _sender.Facts |= EndFacts.SentFin | (AcksFin ? EndFacts.FinAcksFin : EndFacts.None);
        if (Sender is { Certainty: not Certainty.Unknown } now)
        {
            // What was only likely before stays so: an end that speaks for the first time with its FIN may be in LAST-ACK as well.
            StepCause cause = now.Certainty == Certainty.Inferred ? _timeline.CauseOf(_end) : StepCause.Own;
            _timeline.Step(_end, TcpEvent.Close, now.Certainty, cause, _at);
        }
    }

    /// <summary>What the receiver learns, where it will say nothing to it.</summary>
    private void TellReceiver()
    {
        if (!HasAck)
        {
            return;
        }

        if (AcksSyn() && _receiver.HasAny(EndFacts.SentSyn | EndFacts.SentSynAck) && IsNearNext())
        {
            _receiver.Facts |= EndFacts.SynAcknowledged;
            Infer(_end.Other, TcpState.SynReceived, _segment.Has(ControlBits.Syn) ? TcpEvent.SynAck : TcpEvent.AckOfSyn, StepCause.AckOfSyn);
        }

        if (AcksFin)
        {
            _receiver.Facts |= EndFacts.FinAcknowledged;
            TellFinArrived();
        }
    }

    private void TellFinArrived()
    {
        if (Receiver is { Certainty: not Certainty.Unknown, State: TcpState.FinWait1 } && _sender.Has(EndFacts.SentFin))
        {
            if (_segment.Has(ControlBits.Fin))
            {
                // It will acknowledge the FIN.
                return;
            }

            // The sender's FIN lies before this segment in its stream, so that the receiver meets it first.
            Infer(_end.Other, TcpState.FinWait1, _sender.Has(EndFacts.FinAcksFin) ? TcpEvent.FinAckOfFin : TcpEvent.Fin, StepCause.AckOfFin);
        }

        if (Receiver.State is not TcpState.TimeWait)
        {
            Infer(_end.Other, Receiver.State, TcpEvent.AckOfFin, StepCause.AckOfFin);
        }
    }

    private SegmentMarks TakeReset(SegmentMarks known)
    {
        if ((known & SegmentMarks.InvalidReset) != SegmentMarks.None)
        {
            return SegmentMarks.None;
        }

        EndState sender = Sender;
        EndState receiver = Receiver;
        bool answersSyn = receiver is { Certainty: not Certainty.Unknown, State: TcpState.SynSent };
        bool refusesStray = sender is { Certainty: not Certainty.Unknown, State: TcpState.SynSent } && _segment.Sequence != _next;
        if (refusesStray || (answersSyn && !(HasAck && AcksSyn())))
        {
            // An answer to a segment that belongs to no connection here: it ends nothing (RFC 9293 §3.10.7.3).
            return SegmentMarks.None;
        }

        NoteClose();
        _sender.Facts |= EndFacts.SentReset;
        _timeline.Prove(_end, StepCause.AckOfSyn);
        _timeline.Prove(_end, StepCause.AckOfFin);
        _timeline.Begin(_end, TcpState.Closed, answersSyn ? Certainty.Seen : Certainty.Inferred, StepCause.Own, _at);
        Prove(TcpEvent.Abort);
        return TellReset(receiver);
    }

    private SegmentMarks TellReset(EndState receiver)
    {
        bool isPassive = receiver.State == TcpState.SynReceived && !_receiver.Has(EndFacts.SentSyn);
        _timeline.Begin(_end.Other, TcpState.Closed, Certainty.Inferred, StepCause.Reset, _at);
        Infer(_end.Other, receiver.State, isPassive ? TcpEvent.ResetOfPassiveOpen : TcpEvent.Reset, StepCause.Reset);
        return receiver is { Certainty: not Certainty.Unknown, State: TcpState.TimeWait } ? SegmentMarks.TimeWaitAssassination : SegmentMarks.None;
    }

    private void NoteClose()
    {
        const EndFacts Ended = EndFacts.SentFin | EndFacts.SentReset;
        if (!_sender.HasAny(Ended) && !_receiver.HasAny(Ended))
        {
            _sender.Facts |= EndFacts.ClosedFirst;
        }
    }

    /// <summary>It acknowledges the SYN of the other end; while that is all that is known of it, exactly.</summary>
    private bool AcksSyn()
    {
        uint ahead = unchecked(_segment.Acknowledgment.Value - _receiver.Start.Value);
        uint most = _receiver.Has(EndFacts.SynAcknowledged) ? FarthestAhead : Math.Max(1, unchecked(_receiver.Highest.Value - _receiver.Start.Value));
        return ahead >= 1 && ahead <= most;
    }

    /// <summary>In the window that a SYN can offer, which no scale makes larger (RFC 7323 §2.2), or as far below.</summary>
    private bool IsNearNext() => Math.Abs((long)(_segment.Sequence - _next)) <= ushort.MaxValue || !_sender.Has(EndFacts.Spoke) || _receiver.Has(EndFacts.SynAcknowledged);

    private void Prove(TcpEvent @event) => _timeline.Step(_end, @event, Certainty.Seen, StepCause.Own, _at);

    private void Infer(ConnectionEnd end, TcpState from, TcpEvent @event, StepCause cause)
    {
        if (_timeline[end].State == from)
        {
            _timeline.Step(end, @event, Certainty.Inferred, cause, _at);
        }
    }
}
