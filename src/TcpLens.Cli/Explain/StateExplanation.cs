using System.Text.Json;
using TcpLens.Diagnosis;
using TcpLens.Protocol;

namespace TcpLens.Cli.Explain;

/// <summary>A page about a state, as text and as JSON.</summary>
internal static class StateExplanation
{
    /// <param name="page">The state.</param>
    /// <param name="sameNumber">Said in the end: the errno that has the number by which the state was asked for.</param>
    /// <param name="settings">This machine's.</param>
    public static Explanation Text(StatePage page, ErrnoPage? sameNumber, SettingLookup settings)
    {
        List<ExplainSection> sections =
        [
            new("What it is", [page.Meaning, .. Names(page)]),
            new("Who waits for what", [page.Waits]),
            new("How it is entered", [.. page.Entered.Select(row => Entry(row, row.From))]),
            new("How it is left", [.. page.Left.Select(row => Entry(row, row.To))]),
        ];
        Explanation.AddItems(sections, "On Linux", page.OnLinux);
        Explanation.AddItems(sections, "Timers on this machine", [.. page.Timers.Select(rule => Timer(rule(settings)))]);
        sections.Add(new("When there are many", [page.PileUp.Means, .. page.PileUp.Causes.Select(cause => Explanation.Item + cause)]));
        Explanation.AddItems(sections, "What advice gets wrong", page.PileUp.Myths);
        Explanation.AddNextSteps(sections, page.NextSteps);
        if (sameNumber is not null)
        {
            sections.Add(new("The number", [$"{sameNumber.Number} is also an errno, {sameNumber.Name}: tcplens explain errno {sameNumber.Number}"]));
        }

        return new Explanation(page.Title, sections);
    }

    /// <summary>The members of the object; units stand in the keys; null is "no limit" for a duration.</summary>
    public static void Write(Utf8JsonWriter json, StatePage page, ErrnoPage? sameNumber, SettingLookup settings)
    {
        json.WriteString("id", page.Id);
        json.WriteString("state", TcpStateNames.Utf8Name(page.State, StateSpelling.Snake));
        json.WriteBoolean("linux_only", page.IsLinuxOnly);
        json.WriteString("title", page.Title);
        json.WriteString("meaning", page.Meaning);
        json.WriteString("waits", page.Waits);
        WriteRows(json, "entered", page.Entered);
        WriteRows(json, "left", page.Left);
        ExplainJson.Strings(json, "on_linux", page.OnLinux);
        WriteTimers(json, page.Timers, settings);
        json.WriteStartObject("pile_up");
        json.WriteString("means", page.PileUp.Means);
        ExplainJson.Strings(json, "causes", page.PileUp.Causes);
        ExplainJson.Strings(json, "myths", page.PileUp.Myths);
        json.WriteEndObject();
        ExplainJson.NextSteps(json, page.NextSteps);
        ExplainJson.TextOrNull(json, "same_number_errno", sameNumber?.Name);
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

    private static void WriteRows(Utf8JsonWriter json, string key, IEnumerable<TcpTransition> rows)
    {
        json.WriteStartArray(key);
        foreach (TcpTransition row in rows)
        {
            json.WriteStartObject();
            json.WriteString("from", TcpStateNames.Utf8Name(row.From, StateSpelling.Snake));
            json.WriteString("event", TcpEventText.Describe(row.Event));
            json.WriteString("to", TcpStateNames.Utf8Name(row.To, StateSpelling.Snake));
            ExplainJson.TextOrNull(json, "name", row.Name);
            json.WriteString("rfc9293_section", row.Section);
            json.WriteString("linux", row.Linux switch
            {
                LinuxSupport.Same => "same",
                LinuxSupport.Different => "different",
                LinuxSupport.Never => "never",
            });
            ExplainJson.TextOrNull(json, "linux_note", row.LinuxNote);
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
}
