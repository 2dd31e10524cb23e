namespace TcpLens.Capture;

/// <summary>What <see cref="LossJudge"/> remembers of one end: the segments it has under way, and how it recovers.</summary>
internal struct LossState
{
}
