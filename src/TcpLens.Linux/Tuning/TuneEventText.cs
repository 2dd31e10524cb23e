using System.Buffers;
using System.Text;
using System.Text.Json;

namespace TcpLens.Linux;

/// <summary>An event as a line of JSON, and back. A line that is none gives null: files get torn, and newer versions write what this one cannot know.</summary>
internal static class TuneEventText
{
    private static readonly string[] Names =
        ["started", "guarded", "done", "rolled_back", "stuck", "confirming", "confirmed", "undoing", "undo_failed", "undone", "abandoned"];

    public static string Write(TuneEvent happened)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("change", happened.Number);
            json.WriteString("event", Names[(int)happened.Kind]);
            json.WriteString("at", happened.At.UtcDateTime);
            if (happened.Note.Length > 0)
            {
                json.WriteString("note", happened.Note);
            }

            if (happened.GuardianPid is { } pid)
            {
                json.WriteNumber("guardian_pid", pid);
            }

            if (happened.Entry is { } entry)
            {
                WriteEntry(json, entry);
            }

            if ((happened.Entry?.Changes ?? happened.Changes) is { } changes)
            {
                WriteChanges(json, changes);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static TuneEvent? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            int kind = Array.IndexOf(Names, root.GetProperty("event").GetString());
            return kind < 0 ? null : Read(root, (TuneEventKind)kind);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void WriteEntry(Utf8JsonWriter json, TuneEntry entry)
    {
        json.WriteString("reason", entry.Reason);
        json.WriteBoolean("persists", entry.Persists);
        if (entry.RevertAt is { } deadline)
        {
            json.WriteString("revert_at", deadline.UtcDateTime);
        }

        json.WriteStartObject("netns");
        json.WriteString("name", entry.Place.Name);
        json.WriteNumber("inode", entry.Place.Inode);
        json.WriteNumber("cookie", entry.Place.Cookie);
        json.WriteBoolean("is_host", entry.Place.IsHost);
        json.WriteString("boot_id", entry.Place.BootId);
        json.WriteEndObject();
    }

    private static void WriteChanges(Utf8JsonWriter json, IReadOnlyList<TuneChange> changes)
    {
        json.WriteStartArray("settings");
        foreach (TuneChange change in changes)
        {
            json.WriteStartObject();
            json.WriteString("key", change.Key);
            json.WriteString("before", change.Before);
            json.WriteString("set", change.Set);
            json.WriteString("lines_before", change.LinesBefore);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static TuneEvent Read(JsonElement root, TuneEventKind kind)
    {
        int number = root.GetProperty("change").GetInt32();
        DateTimeOffset at = root.GetProperty("at").GetDateTimeOffset();
        List<TuneChange>? changes = root.TryGetProperty("settings", out JsonElement settings) ? ReadChanges(settings) : null;
        return new TuneEvent(number, kind, at)
        {
            Note = root.TryGetProperty("note", out JsonElement note) ? note.GetString() ?? "" : "",
            GuardianPid = root.TryGetProperty("guardian_pid", out JsonElement pid) ? pid.GetInt32() : null,
            Changes = changes,
            Entry = kind == TuneEventKind.Started ? ReadEntry(root, number, at, changes ?? []) : null,
        };
    }

    private static TuneEntry ReadEntry(JsonElement root, int number, DateTimeOffset at, IReadOnlyList<TuneChange> changes)
    {
        JsonElement netns = root.GetProperty("netns");
        TunePlace place = new(
            netns.GetProperty("inode").GetUInt32(),
            netns.GetProperty("cookie").GetUInt64(),
            netns.GetProperty("name").GetString() ?? "",
            netns.GetProperty("is_host").GetBoolean(),
            netns.GetProperty("boot_id").GetString() ?? "");
        return new TuneEntry(number, at, place, changes)
        {
            Reason = root.GetProperty("reason").GetString() ?? "",
            Persists = root.GetProperty("persists").GetBoolean(),
            RevertAt = root.TryGetProperty("revert_at", out JsonElement deadline) ? deadline.GetDateTimeOffset() : null,
        };
    }

    private static List<TuneChange> ReadChanges(JsonElement settings)
    {
        List<TuneChange> changes = [];
        foreach (JsonElement setting in settings.EnumerateArray())
        {
            changes.Add(new TuneChange(
                setting.GetProperty("key").GetString() ?? "",
                setting.GetProperty("before").GetString() ?? "",
                setting.GetProperty("set").GetString() ?? "",
                setting.GetProperty("lines_before").GetString()));
        }

        return changes;
    }
}
