namespace TcpLens.Capture;

/// <summary>What <see cref="StateFollower"/> remembers of a connection: both ends' states, the steps, the letters.</summary>
internal struct ConnectionTrack
{
}
