using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>One connection's life as a capture shows it. Times have the Unix epoch as their origin.</summary>
public sealed class ConnectionRecord
{
    /// <summary>From 1, in the order of first segments.</summary>
    public required long Number { get; init; }

    public required Endpoint Originator { get; init; }

    public required Endpoint Responder { get; init; }

    public required Instant FirstSeen { get; init; }

    public required Instant LastSeen { get; init; }

    public required ConnectionOutcome Outcome { get; init; }

    /// <summary>The outcome in Zeek's letters: "SF", "S0", "RSTO", ….</summary>
    public required string ZeekState { get; init; }

    /// <summary>Zeek's history string: "ShADadFf".</summary>
    public required string History { get; init; }

    /// <summary>Who sent the first FIN or RST; null when nobody did.</summary>
    public ConnectionEnd? FirstToClose { get; init; }

    /// <summary>True when its beginning was captured: a SYN of the originator, or the responder's SYN-ACK.</summary>
    public bool BeganHere { get; init; }

    /// <summary>True when it was given up to make room (--max-connections) before it had ended: what came after is counted as another.</summary>
    public bool WasEvicted { get; init; }

    /// <summary>From the SYN to the ACK of the SYN-ACK; null when the three were not all seen, or were sent again.</summary>
    public TimeSpan? HandshakeRtt { get; init; }

    /// <summary>From SYN to SYN-ACK: the way from here to the responder and back.</summary>
    public TimeSpan? SynToSynAck { get; init; }

    /// <summary>Every step of both ends, in time order.</summary>
    public required IReadOnlyList<StateStep> Timeline { get; init; }

    /// <summary>True when the timeline had more steps than are kept.</summary>
    public bool IsTimelineCut { get; init; }

    /// <summary>How long the first end to close stayed in TIME-WAIT, where a RST or the SYN of a new connection ended it; null where nothing was seen to.</summary>
    public TimeSpan? TimeWait { get; init; }

    /// <summary>What the originator sent.</summary>
    public required EndAccount FromOriginator { get; init; }

    /// <summary>What the responder sent.</summary>
    public required EndAccount FromResponder { get; init; }

    public EndAccount From(ConnectionEnd end) => end == ConnectionEnd.Originator ? FromOriginator : FromResponder;

    public Endpoint EndpointOf(ConnectionEnd end) => end == ConnectionEnd.Originator ? Originator : Responder;

    public TimeSpan Duration => LastSeen - FirstSeen;

    /// <summary>The state an end was last known to be in.</summary>
    public EndState FinalState(ConnectionEnd end)
    {
        for (int at = Timeline.Count - 1; at >= 0; at--)
        {
            if (Timeline[at].End == end)
            {
                return Timeline[at].Now;
            }
        }

        return default;
    }
}
