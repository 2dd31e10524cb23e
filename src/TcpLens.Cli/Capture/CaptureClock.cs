namespace TcpLens.Cli;

/// <summary>Now, on the clock by which the kernel stamps packets.</summary>
internal static class CaptureClock
{
    public static long Nanoseconds(TimeProvider clock)
        => (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick;
}
