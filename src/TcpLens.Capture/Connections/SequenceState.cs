namespace TcpLens.Capture;

/// <summary>What <see cref="SequenceJudge"/> remembers of one end: how far its stream was seen, what it acknowledged and offered.</summary>
internal struct SequenceState
{
}
