using System.Text.Json;
using TcpLens.Diagnosis;

namespace TcpLens.Cli.Explain;

/// <summary>What the pages have in common as JSON.</summary>
internal static class ExplainJson
{
    public static void Strings(Utf8JsonWriter json, string key, IEnumerable<string> values)
    {
        json.WriteStartArray(key);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>Null in place of an empty text.</summary>
    public static void TextOrNull(Utf8JsonWriter json, string key, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            json.WriteNull(key);
        }
        else
        {
            json.WriteString(key, value);
        }
    }

    public static void NumberOrNull(Utf8JsonWriter json, string key, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(key, number);
        }
        else
        {
            json.WriteNull(key);
        }
    }

    public static void NextSteps(Utf8JsonWriter json, IEnumerable<NextStep> steps)
    {
        json.WriteStartArray("next_steps");
        foreach (NextStep step in steps)
        {
            json.WriteStartObject();
            json.WriteString("command", step.Command);
            json.WriteString("shows", step.Shows);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
