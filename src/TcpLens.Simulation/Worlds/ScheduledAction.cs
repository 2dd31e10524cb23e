using TcpLens.Protocol;

namespace TcpLens.Simulation;

/// <summary>Something that whoever made the world wants to happen at a time.</summary>
internal sealed class ScheduledAction(World world, Action<Instant> action) : WorldEvent
{
    public override void Happen(Instant now)
    {
        action(now);
        world.PumpAll();
    }
}
