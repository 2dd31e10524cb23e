using System.Text.Json;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli.Explain;

/// <summary>Something that can be explained: a state or control bits, never both.</summary>
internal sealed record ExplainTopic(StatePage? State, FlagPage? Flags)
{
    public Explanation Text(SettingLookup settings) => State is not null ? StateExplanation.Text(State, settings) : FlagExplanation.Text(Flags!);

    /// <summary>One object, schema "tcplens.explain/1". It has a time because the seconds of the timers follow from settings, which change.</summary>
    public void Write(Utf8JsonWriter json, SettingLookup settings, string host, DateTimeOffset takenAt)
    {
        json.WriteStartObject();
        json.WriteString("schema", "tcplens.explain/1");
        json.WriteString("host", host);
        json.WriteString("taken_at", takenAt);
        if (State is not null)
        {
            StateExplanation.Write(json, State, settings);
        }
        else
        {
            FlagExplanation.Write(json, Flags!);
        }

        json.WriteEndObject();
    }
}

/// <summary>Finds what a word means.</summary>
internal static class ExplainTopics
{
    /// <summary>
    /// A state in any spelling, else control bits in any spelling; null for anything else. A bare number is a state up to 11
    /// (12 is Linux's NEW_SYN_RECV) and bits above; 0x0a is a state, because /proc writes it so.
    /// </summary>
    public static ExplainTopic? Find(string words)
    {
        if (StateCatalog.Find(words) is { } state)
        {
            return new ExplainTopic(state, null);
        }

        return ControlBitsText.TryParse(words, out ControlBits bits) ? new ExplainTopic(null, FlagCatalog.Of(bits)) : null;
    }

    /// <summary>The topics whose names come nearest to what was typed, best first; empty when nothing is near.</summary>
    public static IReadOnlyList<string> Suggest(string words)
    {
        string typed = words.Trim().ToLowerInvariant().Replace('_', '-');
        return [.. Names().Select(name => (Name: name, Distance: Spelling.Distance(typed, name.ToLowerInvariant())))
            .Where(pair => pair.Distance <= 1 + (typed.Length / 4))
            .OrderBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal).Take(3).Select(pair => pair.Name)];
    }

    /// <summary>Every name to offer in help and completion: page ids, then flags and combinations.</summary>
    public static IEnumerable<string> Names()
        => StateCatalog.All.Select(page => page.Id).Concat(FlagCatalog.All.Select(page => ControlBitsText.Format(page.Bits)));
}
