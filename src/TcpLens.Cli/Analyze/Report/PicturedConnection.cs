using TcpLens.Capture;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A connection that is shown in full, with its segments.</summary>
internal sealed record PicturedConnection(ConnectionRecord Record, SegmentAlbum Album);
