using System.Text.Json;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>One socket of a sample as one line of a snapshot. An object of it writes or reads line after line.</summary>
internal sealed class SocketLine
{
    /// <summary>Holders of one socket; a server that forks shares its listeners with that many children at most.</summary>
    private const int HoldersMax = 65_536;

    private readonly NumberRow _entry = EntryRow.Make();
    private readonly NumberRow _memory = MemoryRow.Make();
    private readonly NumberRow _vitals = VitalsRow.Make();
    private readonly Dictionary<string, string> _names = [];

    /// <param name="json">Where the line goes.</param>
    /// <param name="socket">What it is about.</param>
    /// <param name="holders">Places of its holders in the snapshot's list of processes.</param>
    public void Write(JsonDocumentWriter json, in SocketRecord socket, IReadOnlyList<int> holders)
    {
        json.BeginObject();
        json.Address("local_address"u8, socket.Entry.Local.Address, socket.Entry.Family);
        json.Address("remote_address"u8, socket.Entry.Remote.Address, socket.Entry.Family);
        _entry.Clear();
        EntryRow.Put(_entry, in socket);
        _entry.WriteTo(json);
        if (socket.CongestionControl is { } name)
        {
            json.Text("congestion_control"u8, name);
        }

        if (holders.Count > 0)
        {
            json.BeginArray("holders"u8);
            foreach (int holder in holders)
            {
                json.NumberItem(holder);
            }

            json.EndArray();
        }

        if (socket.Memory is { } memory)
        {
            _memory.Clear();
            MemoryRow.Put(_memory, in memory);
            json.BeginObject("memory"u8);
            _memory.WriteTo(json);
            json.EndObject();
        }

        if (socket.Vitals is { } vitals)
        {
            _vitals.Clear();
            VitalsRow.Put(_vitals, in vitals);
            json.BeginObject("tcp_info"u8);
            _vitals.WriteTo(json);
            json.EndObject();
        }

        json.EndDocument();
    }

    /// <param name="line">The whole line.</param>
    /// <param name="netns">Inode of the namespace of every socket in the snapshot.</param>
    /// <param name="holders">Gets the places of its holders.</param>
    /// <exception cref="JsonException">The line is not JSON.</exception>
    /// <exception cref="FormatException">It is no socket.</exception>
    public SocketRecord Read(ReadOnlySpan<byte> line, uint netns, List<int> holders)
    {
        holders.Clear();
        _entry.Clear();
        HostAddress local = default, remote = default;
        string? congestionControl = null;
        SocketMemory? memory = null;
        TcpVitals? vitals = null;
        var reader = new Utf8JsonReader(line);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_entry.TryRead(ref reader))
            {
                continue;
            }

            switch (reader.GetString())
            {
                case "local_address":
                    local = AddressIn(ref reader);
                    break;
                case "remote_address":
                    remote = AddressIn(ref reader);
                    break;
                case "congestion_control":
                    congestionControl = NameIn(ref reader);
                    break;
                case "holders":
                    ReadHolders(ref reader, holders);
                    break;
                case "memory":
                    ReadRow(ref reader, _memory);
                    memory = MemoryRow.Take(_memory);
                    break;
                case "tcp_info":
                    ReadRow(ref reader, _vitals);
                    vitals = VitalsRow.Take(_vitals);
                    break;
                default:
                    reader.Skip();   // A later version may say more.
                    break;
            }
        }

        _ = reader.Read();   // Throws where something stands behind the object.
        _entry.Rewind();
        return EntryRow.Take(_entry, local, remote, netns) with { CongestionControl = congestionControl, Memory = memory, Vitals = vitals };
    }

    private static void ReadRow(ref Utf8JsonReader reader, NumberRow row)
    {
        row.Clear();
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!row.TryRead(ref reader))
            {
                reader.Skip();
            }
        }

        row.Rewind();
    }

    private static void ReadHolders(ref Utf8JsonReader reader, List<int> holders)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            holders.Add(reader.TryGetInt32(out int holder) && holders.Count < HoldersMax ? holder : throw new FormatException("holders are places in the list of processes"));
        }

        if (reader.TokenType != JsonTokenType.EndArray)
        {
            throw new FormatException("holders are numbers");
        }
    }

    private static HostAddress AddressIn(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        return HostAddress.Parse(reader.GetString()) ?? throw new FormatException("an address is not one");
    }

    /// <summary>A machine has a handful of names, and each is one string.</summary>
    private string NameIn(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        string name = reader.GetString()!;
        if (!_names.TryGetValue(name, out string? known) && _names.Count < 256)
        {
            _names.Add(name, known = name);
        }

        return known ?? name;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
        {
            throw new FormatException($"{type} was expected and {reader.TokenType} is there");
        }
    }
}
