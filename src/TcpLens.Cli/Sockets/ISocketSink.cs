using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Where listed sockets go: a table, or JSON.</summary>
internal interface ISocketSink : IDisposable
{
    void Write(in SocketEntry entry, SocketDetail? detail);

    void Complete();
}
