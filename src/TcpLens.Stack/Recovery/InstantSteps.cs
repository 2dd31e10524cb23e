using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Distances between instants in whole numbers, for what happens with every ACK. Instants here are those of a driver, far from both ends of the
/// range; <see cref="Instant.Never"/> is compared and never counted with.
/// </summary>
internal static class InstantSteps
{
    private const int NanosecondsPerMicrosecond = 1000;

    extension(Instant instant)
    {
        /// <summary>0 when <paramref name="earlier"/> is not earlier; at most 35 minutes.</summary>
        public int MicrosecondsSince(Instant earlier)
            => (int)Math.Clamp((instant.Nanoseconds - earlier.Nanoseconds) / NanosecondsPerMicrosecond, 0, int.MaxValue);

        public Instant AddMicroseconds(long microseconds) => new(instant.Nanoseconds + (microseconds * NanosecondsPerMicrosecond));
    }
}
