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
        _json.BeginArray("not_seen"u8);
        foreach (BlindSpot blind in _machine.BlindSpots)
        {
            _json.StringItem(blind.ToString());
        }

        _json.EndArray();
        _json.BeginArray("sources"u8);
        foreach (string source in _machine.Sources)
        {
            _json.StringItem(source);
        }

        _json.EndArray();
        _json.EndDocument();
    }

    public void Dispose() => _json.Dispose();
}
