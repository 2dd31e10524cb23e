namespace TcpLens.Cli;

/// <summary>Turns the clock of trace records, which stands still while the machine sleeps, into the time of day.</summary>
/// <param name="WallMinusMonotonicNanoseconds">What to add to get nanoseconds since 1970.</param>
internal readonly record struct TraceClock(long WallMinusMonotonicNanoseconds)
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Both clocks, read one after the other. TimeProvider's timestamp is CLOCK_MONOTONIC on Linux, as is the kernel's bpf_ktime_get_ns().</summary>
    public static TraceClock Read(TimeProvider clock) => new(NanosecondsOf(clock.GetUtcNow()) - MonotonicNow(clock));

    /// <summary>Nanoseconds of CLOCK_MONOTONIC.</summary>
    public static long MonotonicNow(TimeProvider clock) => (long)(clock.GetTimestamp() * (1e9 / clock.TimestampFrequency));

    /// <summary>Nanoseconds since 1970. What a hostile file says may lie in any year that a DateTimeOffset knows.</summary>
    public long WallOf(ulong monotonicNanoseconds) => unchecked((long)monotonicNanoseconds + WallMinusMonotonicNanoseconds);

    public DateTimeOffset TimeOf(ulong monotonicNanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(WallOf(monotonicNanoseconds) / NanosecondsPerTick);

    /// <summary>The other way round.</summary>
    public ulong MonotonicOf(DateTimeOffset time) => unchecked((ulong)(NanosecondsOf(time) - WallMinusMonotonicNanoseconds));

    private static long NanosecondsOf(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * NanosecondsPerTick;
}
