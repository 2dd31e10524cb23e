using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>A clock's time as the cores take it.</summary>
public static class ClockInstants
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    extension(TimeProvider clock)
    {
        /// <summary>Nanoseconds since the origin of the clock's timestamps (for the system's: boot).</summary>
        public Instant Now => clock.TimestampFrequency == NanosecondsPerSecond
            ? new(clock.GetTimestamp())
            : new((long)((Int128)clock.GetTimestamp() * NanosecondsPerSecond / clock.TimestampFrequency));
    }
}
