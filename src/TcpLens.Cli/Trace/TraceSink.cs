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
/// <param name="Lost">Found no room or were not recorded, now or when the file was made.</param>
/// <param name="Elapsed">How long it went on; null for one that was read.</param>
internal readonly record struct TraceSummary(long Events, ulong Lost, TimeSpan? Elapsed)
{
    /// <summary>"1,234 events in 5.0 s, none lost"; "1,234 events, none lost when they were recorded"</summary>
    public override string ToString()
    {
        string events = Events == 1 ? "1 event" : $"{Events:N0} events";
        string lost = Lost == 0 ? "none" : $"{Lost:N0}";
        return Elapsed is { } time ? $"{events} in {time.TotalSeconds:0.0} s, {lost} lost" : $"{events}, {lost} lost when they were recorded";
    }
}
