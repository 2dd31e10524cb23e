using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Changes counted over some time.</summary>
/// <param name="Counts">The counts.</param>
/// <param name="At">When that time ended.</param>
/// <param name="Elapsed">How long it was.</param>
/// <param name="Missed">Changes of it that were not counted.</param>
/// <param name="IsTotal">True for the whole trace, false for one interval of it.</param>
internal sealed record MatrixBlock(TransitionCounts Counts, DateTimeOffset At, TimeSpan Elapsed, ulong Missed, bool IsTotal);
