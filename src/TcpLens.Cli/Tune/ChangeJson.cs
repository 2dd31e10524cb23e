using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli.Tune;

/// <summary>A change as JSON: what was planned, and what became of it.</summary>
internal static class ChangeJson
{
    public static void Write(Session session, TunePlan plan, string outcome, TuneEntry? entry, Aftermath? after)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.plan/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.Text("outcome"u8, outcome);
        json.Number("change"u8, (long?)entry?.Number);
        json.Text("netns"u8, plan.Ground.Place.DisplayName);
        json.Number("netns_inode"u8, (long)plan.Ground.Place.Inode);
        json.Text("reason"u8, plan.Reason.Length == 0 ? null : plan.Reason);
        json.Text("file"u8, plan.Persists ? TunePaths.DropInName : null);
        json.Time("revert_at"u8, entry?.RevertAt);
        json.Text("undo"u8, entry is null ? null : $"tcplens tune undo {entry.Number}");
        json.Text("symptom"u8, after?.Outcome);
        json.Text("symptom_text"u8, after?.Text);
        json.BeginArray("settings"u8);
        foreach (PlannedChange change in plan.Changes)
        {
            json.BeginObject();
            json.Text("key"u8, change.Key);
            json.Text("before"u8, SettingText.Normalize(change.Now));
            json.Text("new"u8, change.New);
            json.Text("on_host"u8, change.OnHost is { } value ? SettingText.Normalize(value) : null);
            json.Text("default"u8, change.Default);
            json.Flag("host_wide"u8, change.IsHostWide);
            json.Text("takes_effect"u8, change.TakesEffect);
            json.Text("risk"u8, change.Risk);
            json.Text("severity"u8, SettingsJson.Word(change.Judgement?.Severity));
            json.Text("judgement"u8, change.Judgement?.Reason);
            json.Text("overruled_by"u8, change.OverruledBy is { } line ? $"{line.Path}:{line.Line}" : null);
            json.EndObject();
        }

        json.EndArray();
        json.EndDocument();
    }

    /// <summary>What became of a change that was there before.</summary>
    public static void Write(Session session, UndoPlan plan, string outcome)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.undo/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.Text("outcome"u8, outcome);
        json.Number("change"u8, (long)plan.Entry.Number);
        json.Flag("after_restart"u8, plan.IsAfterRestart);
        json.BeginArray("settings"u8);
        foreach (UndoStep step in plan.Steps)
        {
            json.BeginObject();
            json.Text("key"u8, step.Change.Key);
            json.Text("before"u8, SettingText.Normalize(step.Change.Before));
            json.Text("set"u8, step.Change.Set);
            json.Text("found"u8, step.Now is { } value ? SettingText.Normalize(value) : null);
            json.Flag("changed_by_others"u8, step.IsForeign || step.IsFileForeign);
            json.EndObject();
        }

        json.EndArray();
        json.EndDocument();
    }
}
