using System.Text.Json;
using TcpLens.Diagnosis;
using TcpLens.Protocol;

namespace TcpLens.Cli.Explain;

/// <summary>A page about a state, as text and as JSON.</summary>
internal static class StateExplanation
{
    public static Explanation Text(StatePage page, SettingLookup settings)
    {
        List<ExplainSection> sections =
        [
            new("What it is", [page.Meaning, .. Names(page)]),
            new("Who waits for what", [page.Waits]),
            new("How it is entered", [.. page.Entered.Select(row => Entry(row, row.From))]),
            new("How it is left", [.. page.Left.Select(row => Entry(row, row.To))]),
        ];
        AddItems(sections, "On Linux", page.OnLinux);
        AddItems(sections, "Timers on this machine", [.. page.Timers.Select(rule => Timer(rule(settings)))]);
        sections.Add(new("When there are many", [page.PileUp.Means, .. Items(page.PileUp.Causes)]));
        AddItems(sections, "What advice gets wrong", page.PileUp.Myths);
        sections.Add(new("Look further", [.. page.NextSteps.SelectMany(step => new[] { char.ToUpperInvariant(step.Shows[0]) + step.Shows[1..] + (step.Shows.EndsWith('?') ? "" : ":"), Explanation.Command + step.Command })]));
        return new Explanation(page.Title, sections);
    }

    /// <summary>The members of the object; units stand in the keys; null is "no limit" for a duration.</summary>
    public static void Write(Utf8JsonWriter json, StatePage page, SettingLookup settings)
    {
        json.WriteString("kind", "state");
        json.WriteString("id", page.Id);
        json.WriteString("state", TcpStateNames.Utf8Name(page.State, StateSpelling.Snake));
        json.WriteBoolean("linux_only", page.IsLinuxOnly);
        json.WriteString("title", page.Title);
        json.WriteString("meaning", page.Meaning);
        json.WriteString("waits", page.Waits);
        WriteRows(json, "entered", page.Entered);
        WriteRows(json, "left", page.Left);
        WriteStrings(json, "on_linux", page.OnLinux);
        WriteTimers(json, page.Timers, settings);
        json.WriteStartObject("pile_up");
        json.WriteString("means", page.PileUp.Means);
        WriteStrings(json, "causes", page.PileUp.Causes);
        WriteStrings(json, "myths", page.PileUp.Myths);
        json.WriteEndObject();
        json.WriteStartArray("next_steps");
        foreach (NextStep step in page.NextSteps)
        {
            json.WriteStartObject();
            json.WriteString("command", step.Command);
            json.WriteString("shows", step.Shows);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static IEnumerable<string> Names(StatePage page)
        => page.IsLinuxOnly
            ? [$"It shows as {page.State.Name(StateSpelling.Ss)} in ss."]
            : [$"Also written {string.Join(", ", Spellings(page.State))}; {page.State.Name(StateSpelling.ProcHex)} in /proc/net/tcp."];

    private static IEnumerable<string> Spellings(TcpState state)
        => new[] { StateSpelling.Ss, StateSpelling.Netstat, StateSpelling.Tracepoint, StateSpelling.TcpView }
            .Select(spelling => state.Name(spelling)).Where(name => name != state.Name(StateSpelling.Rfc)).Distinct();

    private static string Entry(TcpTransition row, TcpState other)
    {
        string way = row.To == other ? "to" : "from";
        string @event = TcpEventText.Describe(row.Event);
        string name = row.IsRare && row.Name != @event ? $", \"{row.Name}\"" : "";
        string linux = row.Linux == LinuxSupport.Never ? "Never on Linux" : "Linux";
        string note = row.LinuxNote.Length == 0 ? "" : $". {linux}: {row.LinuxNote}";
        return $"{Explanation.Item}{way} {other.Name(StateSpelling.Rfc)}: {@event}{name}{note}";
    }

    private static string Timer(TimerReading reading)
    {
        string assumed = reading.Settings.Any(setting => setting.IsAssumed) ? " [defaults where this machine did not tell]" : "";
        return $"{reading.Name}: {Durations.Text(reading.Duration)}; {reading.How}{assumed}";
    }

    private static void AddItems(List<ExplainSection> sections, string title, IReadOnlyList<string> items)
    {
        if (items.Count != 0)
        {
            sections.Add(new ExplainSection(title, [.. Items(items)]));
        }
    }

    private static IEnumerable<string> Items(IEnumerable<string> lines) => lines.Select(line => Explanation.Item + line);

    private static void WriteRows(Utf8JsonWriter json, string key, IEnumerable<TcpTransition> rows)
    {
        json.WriteStartArray(key);
        foreach (TcpTransition row in rows)
        {
            json.WriteStartObject();
            json.WriteString("from", TcpStateNames.Utf8Name(row.From, StateSpelling.Snake));
            json.WriteString("event", TcpEventText.Describe(row.Event));
            json.WriteString("to", TcpStateNames.Utf8Name(row.To, StateSpelling.Snake));
            WriteOrNull(json, "name", row.Name);
            json.WriteString("rfc9293_section", row.Section);
            json.WriteString("linux", row.Linux switch
            {
                LinuxSupport.Same => "same",
                LinuxSupport.Different => "different",
                LinuxSupport.Never => "never",
            });
            WriteOrNull(json, "linux_note", row.LinuxNote);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTimers(Utf8JsonWriter json, IReadOnlyList<TimerRule> rules, SettingLookup settings)
    {
        json.WriteStartArray("timers");
        foreach (TimerRule rule in rules)
        {
            TimerReading reading = rule(settings);
            json.WriteStartObject();
            json.WriteString("name", reading.Name);
            if (reading.Duration is { } duration)
            {
                json.WriteNumber("duration_seconds", duration.TotalSeconds);
            }
            else
            {
                json.WriteNull("duration_seconds");
            }

            json.WriteString("how", reading.How);
            json.WriteStartArray("settings");
            foreach (SettingValue setting in reading.Settings)
            {
                json.WriteStartObject();
                json.WriteString("key", setting.Key);
                json.WriteNumber("value", setting.Value);
                json.WriteBoolean("assumed", setting.IsAssumed);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string key, IEnumerable<string> values)
    {
        json.WriteStartArray(key);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteOrNull(Utf8JsonWriter json, string key, string value)
    {
        if (value.Length == 0)
        {
            json.WriteNull(key);
        }
        else
        {
            json.WriteString(key, value);
        }
    }
}
