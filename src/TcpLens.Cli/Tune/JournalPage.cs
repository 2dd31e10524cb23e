using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli.Tune;

/// <summary>The history of changes, the latest first.</summary>
internal static class JournalPage
{
    public static void WriteTable(Session session, TuneHistory history)
    {
        if (history.Entries.Count == 0)
        {
            session.Output.WriteLine("Nothing has been changed with tcplens tune."u8);
            return;
        }

        var table = new TableWriter(
            session.Output, session.Style,
            [
                new Column("Change") { Align = Align.Right }, new Column("When (UTC)"), new Column("State"), new Column("Namespace") { Priority = 2 },
                new Column("Settings") { Cut = Cut.End, MinWidth = 24 }, new Column("Reason") { Cut = Cut.End, Priority = 1 },
            ],
            TableWriter.WholeTable);
        foreach (TuneEntry entry in history.Entries.Reverse())
        {
            table.Number(entry.Number);
            table.Text(entry.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm"));
            table.Text(entry.IsOverdue(session.Clock.GetUtcNow()) ? "overdue" : Word(entry.State).Replace('_', ' '));
            table.Text(entry.Place.Name);
            table.Text(string.Join(", ", entry.Changes.Select(static change => $"{SettingName.Bare(change.Key)} {SettingText.Normalize(change.Before)} -> {change.Set}")));
            table.Text(string.Join("; ", ((string[])[entry.Reason, entry.Note]).Where(static text => text.Length > 0)));
            table.EndRow();
        }

        table.Complete();
    }

    public static void WriteJson(Session session, TuneHistory history)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.journal/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.BeginArray("changes"u8);
        foreach (TuneEntry entry in history.Entries)
        {
            json.BeginObject();
            json.Number("change"u8, (long)entry.Number);
            json.Text("state"u8, Word(entry.State));
            json.Time("started_at"u8, entry.StartedAt);
            json.Time("changed_at"u8, entry.ChangedAt);
            json.Time("revert_at"u8, entry.RevertAt);
            json.Number("guardian_pid"u8, (long?)entry.GuardianPid);
            json.Text("netns"u8, entry.Place.Name);
            json.Number("netns_inode"u8, (long)entry.Place.Inode);
            json.Text("boot_id"u8, entry.Place.BootId);
            json.Flag("persists"u8, entry.Persists);
            json.Text("reason"u8, entry.Reason.Length == 0 ? null : entry.Reason);
            json.Text("note"u8, entry.Note.Length == 0 ? null : entry.Note);
            WriteSettings(json, entry);
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("unreadable_lines"u8);
        foreach (int line in history.Unreadable)
        {
            json.NumberItem(line);
        }

        json.EndArray();
        json.EndDocument();
    }

    private static void WriteSettings(JsonDocumentWriter json, TuneEntry entry)
    {
        json.BeginArray("settings"u8);
        foreach (TuneChange change in entry.Changes)
        {
            json.BeginObject();
            json.Text("key"u8, change.Key);
            json.Text("before"u8, SettingText.Normalize(change.Before));
            json.Text("set"u8, change.Set);
            json.EndObject();
        }

        json.EndArray();
    }

    private static string Word(TuneState state) => state switch
    {
        TuneState.Started => "interrupted",
        TuneState.Applied => "in_force",
        TuneState.Waiting => "waiting",
        TuneState.Confirming => "interrupted_confirming",
        TuneState.Undoing => "interrupted_undoing",
        TuneState.Undone => "undone",
        TuneState.RolledBack => "failed",
        TuneState.Abandoned => "namespace_gone",
    };
}
