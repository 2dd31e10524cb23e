using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture.Tests;

/// <summary>A connection told segment by segment, with the verdicts as the test wants them.</summary>
internal sealed class Conversation
{
    public const long Beginning = 1_700_000_000_000_000_000;

    private readonly List<JudgedSegment> _segments = [];
    private readonly List<StateStep> _timeline = [];
    private EndState _originator;
    private EndState _responder;
    private long _now = Beginning;

    public IReadOnlyList<JudgedSegment> Segments => _segments;

    public ConnectionRecord Record => new()
    {
        Number = 1,
        Originator = new(HostAddress.V4(0x0a000001), 40000),
        Responder = new(HostAddress.V4(0x0a000002), 80),
        FirstSeen = new(Beginning),
        LastSeen = new(_now),
        Outcome = ConnectionOutcome.Closed,
        ZeekState = "SF",
        History = "ShADadFf",
        HandshakeRtt = TimeSpan.FromMilliseconds(1),
        Timeline = _timeline,
        FromOriginator = new(),
        FromResponder = new(),
    };

    public Conversation After(double milliseconds)
    {
        _now += (long)(milliseconds * 1e6);
        return this;
    }

    public Conversation States(TcpState originator, TcpState responder, Certainty certaintyOfResponder = Certainty.Seen)
    {
        Step(ConnectionEnd.Originator, ref _originator, new(originator, Certainty.Seen));
        Step(ConnectionEnd.Responder, ref _responder, new(responder, certaintyOfResponder));
        return this;
    }

    public Conversation Segment(ConnectionEnd sender, ControlBits bits, long sequence, uint length = 0, long acknowledgment = 0, SegmentMarks marks = SegmentMarks.None, RetransmissionKind kind = RetransmissionKind.None, uint window = 64240, int duplicate = 0, long rtt = 0, uint inFlight = 0, (uint Left, uint Right)? sack = null)
    {
        CapturedSegment segment = new()
        {
            TimeNanoseconds = _now,
            Frame = _segments.Count + 1,
            Sequence = new((uint)sequence + 1000),
            Acknowledgment = new((uint)acknowledgment + 5000),
            Bits = bits,
            Window = new((ushort)Math.Min(window, 65535)),
            PayloadLength = length,
            TimeToLive = 64,
        };
        if (sack is { } block)
        {
            segment.SackCount = 1;
            segment.Sacks[0] = new(new(block.Left + 5000), new(block.Right + 5000));
        }

        SegmentVerdict verdict = new()
        {
            Connection = 1,
            Sender = sender,
            Marks = marks,
            Retransmission = kind,
            OriginatorState = _originator,
            ResponderState = _responder,
            RelativeSequence = sequence,
            RelativeAcknowledgment = acknowledgment,
            Window = window,
            DuplicateAckNumber = duplicate,
            RttNanoseconds = rtt,
            InFlight = inFlight,
        };
        _segments.Add(new(_segments.Count + 1, in segment, in verdict));
        return this;
    }

    private void Step(ConnectionEnd end, ref EndState state, EndState now)
    {
        if (state != now)
        {
            _timeline.Add(new(new(_now), end, now));
            state = now;
        }
    }

    /// <summary>A handshake, data with a loss that SACK shows, a closed window, silence, and an orderly end.</summary>
    public static Conversation WithLoss()
    {
        const ConnectionEnd One = ConnectionEnd.Originator, Two = ConnectionEnd.Responder;
        const ControlBits Ack = ControlBits.Ack, Push = ControlBits.Psh | ControlBits.Ack;
        Conversation it = new();
        it.States(TcpState.SynSent, TcpState.Listen, Certainty.Inferred).Segment(One, ControlBits.Syn, 0);
        it.After(0.6).States(TcpState.SynSent, TcpState.SynReceived).Segment(Two, ControlBits.Syn | Ack, 0, 0, 1, window: 65160);
        it.After(0.4).States(TcpState.Established, TcpState.Established, Certainty.Inferred).Segment(One, Ack, 1, 0, 1);
        it.After(0.2).Segment(One, Push, 1, 300, 1, inFlight: 300);
        it.After(0.7).States(TcpState.Established, TcpState.Established).Segment(Two, Ack, 1, 0, 301, rtt: 700_000);
        for (uint at = 0; at < 6; at++)
        {
            it.After(0.05).Segment(Two, Push, 1 + (at * 1448), 1448, 301, inFlight: (at + 1) * 1448);
        }

        it.After(0.5).Segment(One, Ack, 301, 0, 1449, rtt: 500_000);
        it.After(0.05).Segment(One, Ack, 301, 0, 1449, SegmentMarks.DuplicateAck | SegmentMarks.SelectiveAck, duplicate: 1, sack: (2897, 4345));
        it.After(0.05).Segment(One, Ack, 301, 0, 1449, SegmentMarks.DuplicateAck | SegmentMarks.SelectiveAck, duplicate: 2, sack: (2897, 5793));
        it.After(0.05).Segment(One, Ack, 301, 0, 1449, SegmentMarks.DuplicateAck | SegmentMarks.SelectiveAck, duplicate: 3, sack: (2897, 7241));
        it.After(0.3).Segment(Two, Push, 1449, 1448, 301, SegmentMarks.Retransmission, RetransmissionKind.SackRecovery, inFlight: 7240);
        it.After(0.8).Segment(One, Ack, 301, 0, 8689, SegmentMarks.ZeroWindow, window: 0);
        it.After(240).Segment(One, Ack, 301, 0, 8689, SegmentMarks.WindowUpdate, rtt: 450_000);
        it.After(2.5).States(TcpState.CloseWait, TcpState.FinWait1).Segment(Two, ControlBits.Fin | Ack, 8689, 0, 301);
        it.After(0.4).States(TcpState.LastAck, TcpState.FinWait2, Certainty.Inferred).Segment(One, ControlBits.Fin | Ack, 301, 0, 8690);
        return it.After(0.4).States(TcpState.Closed, TcpState.TimeWait).Segment(Two, Ack, 8690, 0, 302);
    }
}
