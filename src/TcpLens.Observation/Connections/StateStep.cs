using TcpLens.Protocol;

namespace TcpLens.Observation;

/// <summary>How it is known that an end is in a state.</summary>
public enum Certainty : byte
{
    /// <summary>Nothing tells: the capture began in the middle, or this end has not spoken.</summary>
    Unknown,

    /// <summary>A segment passed that must bring it there, and nothing seen proves that it arrived.</summary>
    Inferred,

    /// <summary>The end's own segments prove it.</summary>
    Seen,
}

/// <summary>The state of one end, and how it is known. <see cref="State"/> means nothing while <see cref="Certainty"/> is Unknown.</summary>
public readonly record struct EndState(TcpState State, Certainty Certainty);

/// <summary>One step of one end through the states.</summary>
/// <param name="At">Time of the segment that shows it (the Unix epoch is the origin).</param>
/// <param name="End">Whose step it is.</param>
/// <param name="Now">The state it came into.</param>
public readonly record struct StateStep(Instant At, ConnectionEnd End, EndState Now);
