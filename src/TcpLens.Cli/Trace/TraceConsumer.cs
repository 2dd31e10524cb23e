using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Takes what a source hands out: to show it, or to keep it.</summary>
internal abstract class TraceConsumer
{
    /// <summary>Records shown or kept so far.</summary>
    public abstract long Events { get; }

    /// <summary>True when it is enough.</summary>
    public virtual bool IsDone => false;

    /// <summary>Whole records with their heads, as <see cref="TraceSource.Take"/> gives them.</summary>
    public abstract void Take(ReadOnlySpan<byte> frames);

    /// <inheritdoc cref="TraceSink.EndRound"/>
    public virtual void EndRound(ulong? nowNanoseconds)
    {
    }

    /// <inheritdoc cref="TraceSink.Lost"/>
    public virtual void Lost(ulong events)
    {
    }

    public abstract void Complete(in TraceSummary summary);
}
