using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>Sockets as one JSON document, written as they come.</summary>
internal sealed class JsonSink : ISocketSink
{
    private readonly JsonDocumentWriter _json;
    private readonly LiveMachine _machine;
    private readonly SocketJson _socket;
    private bool _isComplete;

    public JsonSink(Session session, LiveMachine machine, ListLayout layout)
    {
        _machine = machine;
        _json = new JsonDocumentWriter(session.Output);
        _socket = new SocketJson(_json, machine, layout.WithOwners, layout.WithInfo, layout.WithMemory);
        _json.BeginDocument("tcplens.list/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        _json.BeginArray("sockets"u8);
    }

    public void Write(in SocketEntry entry, SocketDetail? detail)
    {
        _json.BeginObject();
        _socket.Write(in entry, detail);
        _json.EndObject();
    }

    public void Complete()
    {
        if (_isComplete)
        {
            return;
        }

        _isComplete = true;
        _json.EndArray();
        _json.Texts("not_seen"u8, _machine.BlindSpots.Select(static blind => blind.ToString()));
        _json.Texts("sources"u8, _machine.Sources);
        _json.EndDocument();
    }

    public void Dispose() => _json.Dispose();
}
