using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// The transmission control block (RFC 9293 §3.3.1): what a connection remembers. Its procedures stand beside it, each in a file of its
/// own: <see cref="SegmentArrives"/>, <see cref="NextSegment"/>, <see cref="UserCalls"/>, <see cref="Timers"/>.
/// </summary>
internal sealed class ConnectionCore
{
    private ConnectionEvents _events;

    public ConnectionCore(TcpSettings settings, in ConnectionStart start, TcpCounters counters)
    {
        Settings = settings;
        Counters = counters;
        Options = settings.Options;
        TimestampOffset = start.TimestampOffset;
        Negotiation = new(settings, start);
        Timestamps = new(start.TimestampOffset);
        Sender = new(settings, start.InitialSequence);
        Receiver = new(settings, counters);
        Recovery = new(settings, counters);
        Prober.Start();
    }

    public TcpSettings Settings { get; }

    public TcpCounters Counters { get; }

    public Sender Sender { get; private set; }

    public Receiver Receiver { get; private set; }

    public LossRecovery Recovery { get; private set; }

    public uint TimestampOffset { get; }

    public TcpState State { get; private set; } = TcpState.Closed;

    public ConnectionOptions Options { get; set; }

    public bool IsPassive { get; set; }

    public bool IsOrphan { get; set; }

    public ConnectionError Error { get; private set; }

    public ConnectionError SoftError { get; private set; }

    /// <summary>By the peer's option (RFC 5482); zero when it said nothing.</summary>
    public TimeSpan PeerUserTimeout { get; set; }

    /// <summary>TIME-WAIT, or FIN-WAIT-2 without a program, ends then.</summary>
    public Instant EndsAt { get; set; } = Instant.Never;

    /// <summary>What CORK keeps back leaves then.</summary>
    public Instant UncorkAt { get; set; } = Instant.Never;

    /// <summary>That time is over, and not all of it could leave yet.</summary>
    public bool IsCorkOver { get; set; }

    public bool HasTroubleBeenTold { get; set; }

    /// <summary>A SYN or SYN-ACK is to be sent again because the peer repeated its own.</summary>
    public bool OwesSyn { get; set; }

    /// <summary>Send asked for more room than there was, or for all of it: who asks for room before asking to send is waiting, too.</summary>
    public bool IsWriterWaiting { get; set; }

    public long SegmentsSent { get; set; }

    public long SegmentsReceived { get; set; }

    public long DataSegmentsSent { get; set; }

    public long DataSegmentsReceived { get; set; }

    public long OctetsSent { get; set; }

    public Negotiation Negotiation;
    public TimestampClock Timestamps;
    public WindowProber Prober;
    public KeepAlive KeepAlive;
    public ChallengeAcks Challenges;

    /// <summary>Whether a RST is to be sent, and which.</summary>
    public PendingReset PendingReset { get; set; }

    /// <summary>The numbers of <see cref="PendingReset.Answer"/>.</summary>
    public (SeqNum Sequence, SeqNum Acknowledgment, ControlBits Bits) ResetAnswer { get; private set; }

    /// <summary>Payload of a full segment, SACK blocks not counted.</summary>
    public int SegmentSize => Negotiation.SendSegmentSize(Options);

    public bool IsSynchronized => State is not (TcpState.Closed or TcpState.Listen or TcpState.SynSent or TcpState.SynReceived);

    public bool CanSend => State is TcpState.Established or TcpState.CloseWait or TcpState.SynSent or TcpState.SynReceived or TcpState.Listen;

    public TimeWaitFacts TimeWaitFacts
        => new(Sender.Next, Receiver.Next, Receiver.Window.Octets, Timestamps.IsAgreed, Timestamps.Recent, Receiver.Scale);

    /// <summary>Along the one table, or not at all.</summary>
    /// <exception cref="InvalidOperationException">The table has no such row: a mistake of ours or of the caller.</exception>
    public void Move(TcpEvent @event)
        => State = TcpTransitions.Next(State, @event) ?? throw new InvalidOperationException($"'{@event.Describe()}' moves nothing in {State.Name(StateSpelling.Rfc)}");

    /// <summary>2 MSL begin when TIME-WAIT does (MUST-13).</summary>
    public void BeginTimeWait(Instant now)
    {
        if (State == TcpState.TimeWait)
        {
            EndsAt = now + Settings.TimeWait;
            Counters.Add(TcpCounter.TW);
        }
    }

    public void Tell(ConnectionEvents happened) => _events |= happened;

    public bool TryTakeEvent(out ConnectionEvents happened)
    {
        int lowest = (int)_events & -(int)_events;
        happened = (ConnectionEvents)lowest;
        _events ^= happened;
        return lowest != 0;
    }

    public void TellSoftError(ConnectionError error)
    {
        SoftError = error;
        if (Options.ReportsSoftErrors)
        {
            Tell(ConnectionEvents.SoftError);
        }
    }

    /// <summary>The connection ends by this event, and the program hears why.</summary>
    public void Fail(TcpEvent @event, ConnectionError error)
    {
        Error = error;
        Tell(ConnectionEvents.Failed);
        CountFailure();
        End(@event);
    }

    /// <summary>CLOSED: no timer runs, and nothing is kept but what a program can still read.</summary>
    public void End(TcpEvent @event)
    {
        Move(@event);
        Tell(ConnectionEvents.Closed);
        Sender.Clear();
        Receiver.Clear(keepsReadable: !IsOrphan);
        Recovery.Clear();
        Prober.Disarm();
        EndsAt = UncorkAt = Instant.Never;
    }

    /// <summary>A RST that says of the segment, not of this connection, that something is wrong with it (RFC 9293 §3.5.2).</summary>
    public void Answer(scoped in TcpSegment segment)
    {
        if (Resets.TryAnswer(segment, out TcpSegment reset))
        {
            PendingReset = PendingReset.Answer;
            ResetAnswer = (reset.Sequence, reset.Acknowledgment, reset.Bits);
        }
    }

    public void SendReset() => PendingReset = PendingReset.Own;

    /// <summary>The peer's SYN, with an ACK or without: numbers begin, options are agreed.</summary>
    public void TakeSyn(scoped in TcpSegment syn, Instant now)
    {
        Negotiation.Take(syn);
        Receiver.OnSyn(syn.Sequence, Negotiation.HasWindowScaling ? Negotiation.OfferedScale : WindowScale.None);
        Receiver.HasSack = Negotiation.HasSack;
        Receiver.LargestSegment = Negotiation.AdvertisedSegmentSize(Options);
        if (Negotiation.HasWindowScaling)
        {
            Sender.Scale = syn.Options.WindowScale;
        }

        if (Negotiation.HasTimestamps)
        {
            Timestamps.IsAgreed = true;
            Timestamps.Remember(syn.Options.TimestampValue, now);
        }

        if (syn.Options.Has(SegmentOptionSet.UserTimeout))
        {
            PeerUserTimeout = UserTimeoutOption.Decode(syn.Options.UserTimeout);
        }

        Sender.SetWindow(syn);
        KeepAlive.OnHeard(now);
        Receiver.Acks.Start(Settings.QuickAcks);
    }

    /// <summary>A passive open begins again (RFC 9293 §3.10.7.4): back to LISTEN as if nothing had come.</summary>
    public void Restart(TcpEvent @event)
    {
        Move(@event);
        Counters.Add(TcpCounter.AttemptFails);
        Recovery.Clear();
        (Sender, Receiver, Recovery) = (new(Settings, Sender.Initial), new(Settings, Counters), new(Settings, Counters));
    }

    /// <summary>There is room again for a program that wanted more than there was; a third of it is free, so that it need not ask for each ACK.</summary>
    public void TellRoom()
    {
        if (IsWriterWaiting && Sender.Room >= Settings.SendBuffer / 3)
        {
            IsWriterWaiting = false;
            Tell(ConnectionEvents.Writable);
        }
    }

    /// <summary>An ACK for what cannot be accepted, within the budget (RFC 5961 §7).</summary>
    public void Challenge(Instant now)
    {
        if (Challenges.TryTake(Settings.ChallengeAcksPerSecond, now))
        {
            Counters.Add(TcpCounter.TCPChallengeACK);
            Receiver.Acks.Now();
        }
        else
        {
            Counters.Add(TcpCounter.TCPACKSkippedChallenge);
        }
    }

    private void CountFailure()
    {
        if (State is TcpState.SynSent or TcpState.SynReceived)
        {
            Counters.Add(TcpCounter.AttemptFails);
        }
        else if (State is TcpState.Established or TcpState.CloseWait)
        {
            Counters.Add(TcpCounter.EstabResets);
        }
    }
}

internal enum PendingReset : byte
{
    None,
    Own,
    Answer,
}
