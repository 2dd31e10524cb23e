using System.Text.Json;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli.Explain;

/// <summary>A page about a counter, with what it says on this machine now.</summary>
internal static class CounterExplanation
{
    public static Explanation Text(CounterPage page, MachineFacts machine)
    {
        List<ExplainSection> sections = [new("What it counts", [page.Counts])];
        AddText(sections, page.Kind == CounterKind.Gauge ? "When it is high" : "When it grows", page.Growth);
        AddText(sections, "Not to be confused", page.NotToConfuse);
        sections.Add(new("On this machine", [Here(page, machine)]));
        Explanation.AddItems(sections, "Facts", Facts(page));
        Explanation.AddConditions(sections, page.Conditions);
        return new Explanation(page.Name, sections);
    }

    /// <summary>The members of the object; a value that this kernel does not show is null.</summary>
    public static void Write(Utf8JsonWriter json, CounterPage page, MachineFacts machine)
    {
        json.WriteString("name", page.Name);
        json.WriteString("title", page.Name);
        json.WriteString("meaning", page.Counts);
        ExplainJson.TextOrNull(json, "growth", page.Growth);
        ExplainJson.TextOrNull(json, "not_to_confuse", page.NotToConfuse);
        ExplainJson.NumberOrNull(json, "value", machine.Counters[page.Name]);
        json.WriteBoolean("gauge", page.Kind == CounterKind.Gauge);
        json.WriteString("scope", page.Scope == CounterScope.Host ? "host" : "namespace");
        ExplainJson.TextOrNull(json, "unit", page.Unit);
        json.WriteString("file", page.File);
        ExplainJson.TextOrNull(json, "only_where", page.OnlyWhere);
        ExplainJson.Strings(json, "conditions", page.Conditions);
    }

    private static string Here(CounterPage page, MachineFacts machine)
    {
        if (machine.Counters[page.Name] is not { } value)
        {
            return page.OnlyWhere.Length > 0 ? $"Not here, or not read. It is there where {page.OnlyWhere}; see {page.File}." : $"Not read; see {page.File}.";
        }

        string unit = page.Unit.Length > 0 ? " " + page.Unit : "";
        return page.Kind == CounterKind.Gauge
            ? $"{value}{unit} now."
            : $"{value}{unit} since this network namespace began; what tells is how fast it grows.";
    }

    private static IEnumerable<string> Facts(CounterPage page)
    {
        yield return $"of {(page.Scope == CounterScope.Host ? "the whole host" : "one network namespace")}";
        yield return $"in {page.File}";
        if (page.OnlyWhere.Length > 0)
        {
            yield return $"there where {page.OnlyWhere}";
        }
    }

    private static void AddText(List<ExplainSection> sections, string title, string text)
    {
        if (text.Length > 0)
        {
            sections.Add(new ExplainSection(title, [text]));
        }
    }
}
