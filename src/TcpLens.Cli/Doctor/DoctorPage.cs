using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// A doctor's report for a terminal. Each finding reads from top to bottom as one asks: what, how bad and why, what proves it, who,
/// what users notice, what to do, what not to do, what it leads to. What was looked at in vain, and what could not be, stands last.
/// </summary>
internal sealed class DoctorPage(Examination seen, DoctorReport report, TerminalStyle style)
{
    /// <summary>Labels stand here, and their texts behind them: as far in as a finding's own sentence.</summary>
    private const int LabelAt = 2;
    private const int TextAt = 10;

    /// <summary>Longer lines are hard to read.</summary>
    private readonly int? _columns = style.Columns is { } columns ? Math.Min(columns, 120) : null;

    public void WriteTo(Utf8Writer output)
    {
        Head(output);
        foreach (Finding finding in report.Findings)
        {
            output.WriteLine();
            Write(output, finding);
        }

        output.WriteLine();
        Tail(output);
    }

    private void Head(Utf8Writer output)
    {
        string place = seen.Namespace.IsOwn ? "" : $", namespace {seen.Namespace.DisplayName}";
        style.Write(output, Ink.Bold, "Doctor  "u8);
        Prose.Write(
            output,
            $"{seen.HostName}{place}, Linux {seen.Settings.KernelRelease}, {seen.Now.TakenAt:yyyy-MM-dd HH:mm:ss} UTC, {Words.Of(seen.Now.Sockets.Count, "socket")} watched for {seen.Elapsed.TotalSeconds:0.#} s: {Sum()}",
            _columns, indent: 2, position: "Doctor  ".Length);
    }

    /// <summary>"2 critical, 1 warning", or what to be glad about.</summary>
    private string Sum()
    {
        List<string> parts = [];
        foreach (Severity severity in (ReadOnlySpan<Severity>)[Severity.Critical, Severity.Warning, Severity.Notice, Severity.Info])
        {
            int count = DoctorReport.Flatten(report.Findings).Count(finding => finding.Severity == severity);
            if (count > 0)
            {
                parts.Add(severity is Severity.Critical or Severity.Info ? $"{count} {Word(severity)}" : Words.Of(count, Word(severity)));
            }
        }

        return parts.Count == 0 ? "nothing found" : string.Join(", ", parts);
    }

    private void Write(Utf8Writer output, Finding finding)
    {
        Judgement.Write(output, style with { Columns = _columns }, finding.Severity, finding.Summary);
        Line(output, "", Ink.Dim, $"{finding.Id}: {Word(finding.Severity)} because {finding.Reason}");
        for (int i = 0; i < finding.Evidence.Count; i++)
        {
            Line(output, i == 0 ? "proof" : "", Ink.Cyan, $"{finding.Evidence[i].Text}  [{finding.Evidence[i].Source}]");
        }

        if (finding.ConfirmBy is { } confirm)
        {
            Line(output, "sure?", Ink.Cyan, $"{finding.Confidence.ToString().ToLowerInvariant()}; to be sure: {confirm}");
        }

        for (int i = 0; i < finding.Culprits.Count; i++)
        {
            Culprit culprit = finding.Culprits[i];
            Line(output, i == 0 ? "who" : "", Ink.Cyan, culprit.Detail is null ? culprit.Name : $"{culprit.Name}: {culprit.Detail}");
        }

        Line(output, "users", Ink.Cyan, finding.Condition.Impact);
        Advice(output, finding);
        foreach (Finding consequence in finding.Consequences)
        {
            Line(output, "causes", Ink.Cyan, $"{Word(consequence.Severity)} {consequence.Id}: {consequence.Summary}{Deeper(consequence)}");
        }

        Line(output, "more", Ink.Dim, $"tcplens explain {finding.Condition.Id}");
    }

    private void Advice(Utf8Writer output, Finding finding)
    {
        int number = 0;
        foreach (Remedy remedy in finding.Remedies)
        {
            string undo = remedy.Undo is null ? "" : $"; to undo: {remedy.Undo}";
            string risk = remedy.Risk is "none" or "" ? undo.TrimStart(';', ' ') : $"risk: {remedy.Risk}{undo}";
            Line(output, number++ == 0 ? "do" : "", Ink.Green, $"{number}. {remedy.Text}{(risk.Length == 0 ? "" : $" ({risk})")}");
            if (remedy.Command is { } command)
            {
                Line(output, "", Ink.Dim, $"   {command}");
            }
            else if (remedy.Settings.Count > 0)
            {
                Line(output, "", Ink.Dim, $"   tcplens tune apply {finding.Id}");
            }
        }

        foreach (Myth myth in finding.Avoid)
        {
            Line(output, "don't", Ink.Yellow, $"{myth.Advice}: {myth.Why}");
        }
    }

    /// <summary>What a consequence leads to in turn, by name; --json has it all.</summary>
    private static string Deeper(Finding finding)
    {
        List<string> ids = [.. DoctorReport.Flatten(finding.Consequences).Select(static consequence => consequence.Id)];
        return ids.Count == 0 ? "" : $" (and so {string.Join(", ", ids)})";
    }

    private void Tail(Utf8Writer output)
    {
        List<string> found = [.. DoctorReport.Flatten(report.Findings).Select(static finding => finding.Condition.Id).Distinct()];
        List<string> quiet = [.. report.Looked.Select(static condition => condition.Id).Where(id => !found.Contains(id))];
        if (quiet.Count > 0)
        {
            Judgement.Write(output, style with { Columns = _columns }, Severity.Ok, $"{(found.Count == 0 ? "nothing is wrong; looked for" : "looked for and not found")}: {string.Join(", ", quiet)}");
        }

        if (report.Omitted > 0)
        {
            Line(output, "", Ink.Dim, $"{Words.Of(report.Omitted, "more finding")} of the same kinds left out");
        }

        foreach (Unchecked missing in report.Unchecked)
        {
            Judgement.Write(output, style with { Columns = _columns }, Severity.Info, $"not checked: {missing.ConditionId}: {missing.Why}");
        }
    }

    private void Line(Utf8Writer output, string label, Ink ink, string text)
    {
        int position = 0;
        if (label.Length > 0)
        {
            output.WriteSpaces(LabelAt);
            style.Write(output, ink, Encoding.ASCII.GetBytes(label));
            position = LabelAt + label.Length;
        }

        // A command stands a little further in, and so do the lines it breaks into.
        int indent = TextAt + text.Length - text.TrimStart().Length;
        output.WriteSpaces(indent - position);
        Prose.Write(output, text, _columns, indent, indent);
    }

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();
}
