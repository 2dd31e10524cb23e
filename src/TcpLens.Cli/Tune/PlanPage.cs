using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli.Tune;

/// <summary>A plan for people: the values side by side, then what one should know before saying yes.</summary>
internal sealed class PlanPage(TunePlan plan, TerminalStyle style)
{
    private const int LabelWidth = 10;

    public void WriteTo(Utf8Writer output)
    {
        style.Write(output, Ink.Bold, "Plan"u8);
        output.WriteText($" for {plan.Ground.PlaceName}");
        output.WriteText(plan.Reason.Length == 0 ? "" : $": {plan.Reason}");
        output.WriteLine();
        output.WriteLine();
        WriteTable(output);
        output.WriteLine();
        foreach (PlannedChange change in plan.Changes)
        {
            WriteNotes(output, change);
        }

        Line(output, "lasts", HowLong());
    }

    private void WriteTable(Utf8Writer output)
    {
        bool hasHost = plan.Ground.Host is not null;
        List<Column> columns = [new("Setting"), new("Now"), new("New"), new("Default") { Priority = 2 }, new("Takes effect") { Cut = Cut.End, Priority = 1 }];
        if (hasHost)
        {
            columns.Insert(1, new Column("Host") { Priority = 3 });
        }

        var table = new TableWriter(output, style, columns.ToArray(), TableWriter.WholeTable);
        foreach (PlannedChange change in plan.Changes)
        {
            table.Text(change.Key);
            if (hasHost)
            {
                table.Text(change.OnHost is { } value ? SettingText.Normalize(value) : null);
            }

            table.Text(SettingText.Normalize(change.Now));
            table.Text(change.New, Ink.Bold);
            table.Text(change.Default);
            table.Text(change.IsSo ? "is so already" : change.TakesEffect);
            table.EndRow();
        }

        table.Complete();
    }

    private void WriteNotes(Utf8Writer output, PlannedChange change)
    {
        if (change.Risk is { } risk)
        {
            Line(output, "risk", $"{SettingName.Bare(change.Key)}: {risk}");
        }

        if (change.IsHostWide)
        {
            Line(output, "reach", $"{SettingName.Bare(change.Key)}: one value for the whole host, containers included");
        }

        if (change.Judgement is { } judgement)
        {
            Judgement.Write(output, style, judgement.Severity, $"{SettingName.Bare(change.Key)}={change.New}: {judgement.Reason}");
        }

        if (plan.Persists && change.OverruledBy is { } line)
        {
            Judgement.Write(
                output, style, Severity.Warning,
                $"{line.Path}:{line.Line} sets {SettingName.Bare(change.Key)} to {line.Value} and is applied after {TunePaths.DropInName}: at the next boot that holds, unless you change or remove that line");
        }
    }

    private string HowLong()
    {
        string unless = plan.RevertAfter is { } time ? $"{Duration.Text(time)}, and then it is put back, unless you confirm it; confirmed, " : "";
        return unless + plan switch
        {
            { Persists: true } => $"for good: {TunePaths.DropInName} keeps it over restarts",
            { Ground.MayPersist: true } => "until the machine is restarted (--no-persist)",
            _ => "as long as this namespace; no file sets a namespace other than the host's, so whoever makes it anew must set it again",
        };
    }

    private void Line(Utf8Writer output, string label, string text)
    {
        var words = new MemoryWriter();
        words.WriteText(label);
        style.Write(output, Ink.Dim, words.Written);
        output.WriteSpaces(LabelWidth - label.Length);
        Prose.Write(output, text, style.Columns, LabelWidth, LabelWidth);
    }
}
