using TcpLens.Protocol;

namespace TcpLens.Lab;

/// <summary>A socket call that was made, and what came of it.</summary>
internal sealed class PendingCall(CallStatement call, Instant beganAt)
{
    public CallStatement Statement { get; } = call;

    public Instant BeganAt { get; } = beganAt;

    /// <summary>Octets that a call which goes on has already moved.</summary>
    public int Moved { get; set; }

    /// <summary>When a call with a timeout returns without anything; Never without.</summary>
    public Instant Deadline { get; set; } = Instant.Never;

    public CallOutcome? Outcome { get; private set; }

    public Instant DoneAt { get; private set; } = Instant.Never;

    public void Finish(CallOutcome outcome, Instant now)
    {
        Outcome = outcome;
        DoneAt = now;
    }
}
