using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Simulation;

/// <summary>
/// What a program does with one connection: it is called when something happened to it. It may call its connection there, and any other of
/// the same host; what it wants to do later it asks <see cref="World.At"/> for.
/// </summary>
public interface IWorldProgram
{
    /// <summary>One event of the connection; an accepted one begins with <see cref="ConnectionEvents.Connected"/>.</summary>
    void OnEvent(HostConnection connection, ConnectionEvents happened, Instant now);
}
