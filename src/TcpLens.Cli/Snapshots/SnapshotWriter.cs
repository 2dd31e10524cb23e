using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// An examination as lines of JSON, schema "tcplens.snapshot/1" (docs/json.md): one line of all that is not a socket, then a line for each
/// socket of the first sample and of the second.
/// </summary>
internal sealed class SnapshotWriter
{
    private readonly JsonDocumentWriter _json;
    private readonly Examination _seen;
    private readonly Dictionary<ProcessRef, int> _places = [];
    private readonly List<ProcessRef> _people = [];

    private SnapshotWriter(JsonDocumentWriter json, Examination seen)
    {
        _json = json;
        _seen = seen;
    }

    public static void Write(Utf8Writer output, Examination seen)
    {
        using var json = new JsonDocumentWriter(output);
        new SnapshotWriter(json, seen).Write();
    }

    private void Write()
    {
        Gather(_seen.Before.Sockets);
        Gather(_seen.Now.Sockets);
        foreach (ProcessFacts process in _seen.Processes)
        {
            _ = PlaceOf(process.Process);
        }

        new SnapshotHead(_json, _seen, _people, PlaceOf).Write();
        SocketLine line = new();
        WriteSockets(_seen.Before.Sockets, line);
        WriteSockets(_seen.Now.Sockets, line);
    }

    /// <summary>Processes come before the sockets that name them, each once however many sockets it holds.</summary>
    private void Gather(SocketTable sockets)
    {
        foreach (ref readonly SocketRecord socket in sockets.All)
        {
            foreach (ProcessRef holder in sockets.HoldersOf(in socket))
            {
                _ = PlaceOf(holder);
            }
        }
    }

    private int PlaceOf(ProcessRef process)
    {
        if (!_places.TryGetValue(process, out int place))
        {
            _places.Add(process, place = _people.Count);
            _people.Add(process);
        }

        return place;
    }

    private void WriteSockets(SocketTable sockets, SocketLine line)
    {
        List<int> holders = [];
        foreach (ref readonly SocketRecord socket in sockets.All)
        {
            holders.Clear();
            foreach (ProcessRef holder in sockets.HoldersOf(in socket))
            {
                holders.Add(PlaceOf(holder));
            }

            line.Write(_json, in socket, holders);
        }
    }
}
