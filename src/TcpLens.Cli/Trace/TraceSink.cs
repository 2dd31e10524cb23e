using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Where the records of a trace go that somebody wants to see.</summary>
internal abstract class TraceSink
{
    /// <summary>True when it is enough.</summary>
    public virtual bool IsDone => false;

    public abstract void Write(in TraceRecord record, in LifeTail tail);

    /// <summary>What has come so far was written; the next may take a while.</summary>
    /// <param name="nowNanoseconds">Time on the records' clock; null for a recorded trace, where only its records have a time.</param>
    public virtual void EndRound(ulong? nowNanoseconds)
    {
    }

    /// <summary>Events were lost; so many since the beginning.</summary>
    public virtual void Lost(ulong events)
    {
    }

    /// <summary>Nothing will come any more.</summary>
    public virtual void Complete(in TraceSummary summary)
    {
    }
}

/// <summary>What a trace came to.</summary>
/// <param name="Events">Shown or written.</param>
/// <param name="Lost">Found no room.</param>
/// <param name="Elapsed">How long it went on.</param>
internal readonly record struct TraceSummary(long Events, ulong Lost, TimeSpan Elapsed)
{
    /// <summary>"1,234 events in 5.0 s, none lost"</summary>
    public override string ToString()
        => $"{(Events == 1 ? "1 event" : $"{Events:N0} events")} in {Elapsed.TotalSeconds:0.0} s, {(Lost == 0 ? "none" : $"{Lost:N0}")} lost";
}
