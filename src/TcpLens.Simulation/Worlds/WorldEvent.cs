using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>Something that will happen in a world. One object stands in the queue at most once, and can be moved there.</summary>
internal abstract class WorldEvent
{
    /// <summary>Where it stands in the <see cref="EventQueue"/>; −1 outside.</summary>
    internal int Place { get; set; } = -1;

    public abstract void Happen(Instant now);
}
