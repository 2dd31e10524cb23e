using System.Text.Json;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// The first line of a trace file, schema "tcplens.trace.file/1" (docs/json.md). It is filled up with blanks to a multiple of eight octets, so that
/// the records behind it stand where a processor likes them.
/// </summary>
internal static class TraceHeadJson
{
    private const int Alignment = 8;
    private const int NamesMax = 4096;
    private const int NamespacesMax = 100_000;

    public static ReadOnlySpan<byte> SchemaName => "tcplens.trace.file/1"u8;

    public static byte[] Write(TraceHead head)
    {
        var line = new MemoryWriter(8192);
        using (var json = new JsonDocumentWriter(line))
        {
            json.BeginDocument(SchemaName, head.Host, head.StartedAt);
            json.Text("kernel"u8, head.Kernel);
            json.Number("wall_minus_monotonic_ns"u8, head.Clock.WallMinusMonotonicNanoseconds);
            json.Texts("topics"u8, TopicNames.Of(head.Topics));
            json.Texts("from"u8, NamesOf(head.From));
            json.Texts("to"u8, NamesOf(head.To));
            json.Text("filter"u8, head.Filter);
            json.Text("source"u8, head.Source);
            WriteNamespaces(json, head.Namespaces);
            json.Texts("drop_reasons"u8, head.Names.DropReasons);
            json.Texts("reset_reasons"u8, head.Names.ResetReasons);
            json.Texts("not_seen"u8, head.BlindSpots.Select(static blind => blind.ToString()));
            json.EndDocument();
        }

        byte[] octets = new byte[(line.Length + Alignment - 1) / Alignment * Alignment];
        octets.AsSpan().Fill((byte)' ');
        line.Written[..^1].CopyTo(octets);
        octets[^1] = (byte)'\n';
        return octets;
    }

    /// <exception cref="FormatException">It is no such line.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static TraceHead Read(ReadOnlyMemory<byte> line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schema"u8, out JsonElement schema) || !schema.ValueEquals(SchemaName))
        {
            throw new FormatException("it does not begin as one");
        }

        try
        {
            return ReadMembers(root);
        }
        catch (Exception failure) when (failure is KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("its first line lacks something, or has it of another kind", failure);
        }
    }

    private static TraceHead ReadMembers(JsonElement root) => new()
    {
        Host = root.GetProperty("host"u8).GetString() ?? "",
        StartedAt = root.GetProperty("taken_at"u8).GetDateTimeOffset(),
        Kernel = root.GetProperty("kernel"u8).GetString(),
        Clock = new TraceClock(root.GetProperty("wall_minus_monotonic_ns"u8).GetInt64()),
        Topics = TopicsIn(root),
        From = StatesIn(root.GetProperty("from"u8)),
        To = StatesIn(root.GetProperty("to"u8)),
        Filter = root.GetProperty("filter"u8).GetString() ?? "",
        Source = root.GetProperty("source"u8).GetString() ?? "",
        Namespaces = [.. root.GetProperty("namespaces"u8).EnumerateArray().Take(NamespacesMax).Select(NamespaceIn)],
        Names = new TraceNames(TextsIn(root.GetProperty("drop_reasons"u8)), TextsIn(root.GetProperty("reset_reasons"u8))),
        BlindSpots = [.. TextsIn(root.GetProperty("not_seen"u8)).Select(static text => new BlindSpot("when it was recorded", text))],
    };

    private static void WriteNamespaces(JsonDocumentWriter json, IReadOnlyList<NetworkNamespace> places)
    {
        json.BeginArray("namespaces"u8);
        foreach (NetworkNamespace place in places)
        {
            json.BeginObject();
            json.Number("inode"u8, (long)place.Inode);
            json.Text("name"u8, place.DisplayName);
            json.EndObject();
        }

        json.EndArray();
    }

    private static NetworkNamespace NamespaceIn(JsonElement place)
        => new(place.GetProperty("inode"u8).GetUInt32()) { Names = [place.GetProperty("name"u8).GetString() ?? ""] };

    private static IEnumerable<string> NamesOf(StateSet states)
    {
        foreach (TcpState state in LifeOrder.States.ToArray())
        {
            if (states.Contains(state))
            {
                yield return state.Name(StateSpelling.Snake);
            }
        }
    }

    private static StateSet StatesIn(JsonElement names)
    {
        StateSet states = StateSet.None;
        foreach (string name in TextsIn(names))
        {
            states |= TcpStateNames.TryParse(name, out TcpState state) ? StateSet.Of(state) : throw new FormatException($"no state is called {name}");
        }

        return states;
    }

    /// <summary>Topics of a later version are passed over: their records have kinds that are not known here either.</summary>
    private static TraceTopics TopicsIn(JsonElement root)
    {
        TraceTopics topics = TraceTopics.None;
        foreach (string name in TextsIn(root.GetProperty("topics"u8)))
        {
            topics |= TopicNames.Find(name) ?? TraceTopics.None;
        }

        return topics;
    }

    private static string[] TextsIn(JsonElement texts) => [.. texts.EnumerateArray().Take(NamesMax).Select(static text => text.GetString() ?? "")];
}
