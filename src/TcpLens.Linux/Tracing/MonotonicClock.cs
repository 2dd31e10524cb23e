using TcpLens.Linux.Interop;
using TcpLens.Protocol;

namespace TcpLens.Linux;

/// <summary>The clock of trace records (CLOCK_MONOTONIC): not a choice but the one that the kernel's own records are on.</summary>
public static class MonotonicClock
{
    private const long NanosecondsInSecond = 1_000_000_000;

    public static Instant Now()
    {
        _ = Libc.clock_gettime(Libc.CLOCK_MONOTONIC, out Libc.TimeSpec time);   // Cannot fail: every Linux has it.
        return new Instant((time.tv_sec * NanosecondsInSecond) + time.tv_nsec);
    }
}
