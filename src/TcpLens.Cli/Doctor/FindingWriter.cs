using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;

namespace TcpLens.Cli;

/// <summary>
/// Writes findings for a terminal. Each reads from top to bottom as one asks: what, how bad and why, what proves it, who, what users
/// notice, what to do, what not to do, what it leads to.
/// </summary>
internal sealed class FindingWriter(Utf8Writer output, TerminalStyle style)
{
    /// <summary>Labels stand here, and their texts behind them: as far in as a finding's own sentence.</summary>
    private const int LabelAt = 2;
    private const int TextAt = 10;

    private readonly int? _columns = ColumnsOf(style);

    /// <summary>Longer lines are hard to read.</summary>
    public static int? ColumnsOf(TerminalStyle style) => style.Columns is { } columns ? Math.Min(columns, 120) : null;

    public void Write(Finding finding)
    {
        Judgement.Write(output, style with { Columns = _columns }, finding.Severity, finding.Summary);
        Line("", Ink.Dim, $"{finding.Id}: {Word(finding.Severity)} because {finding.Reason}");
        for (int i = 0; i < finding.Evidence.Count; i++)
        {
            Line(i == 0 ? "proof" : "", Ink.Cyan, $"{finding.Evidence[i].Text}  [{finding.Evidence[i].Source}]");
        }

        if (finding.ConfirmBy is { } confirm)
        {
            Line("sure?", Ink.Cyan, $"{finding.Confidence.ToString().ToLowerInvariant()}; to be sure: {confirm}");
        }

        for (int i = 0; i < finding.Culprits.Count; i++)
        {
            Culprit culprit = finding.Culprits[i];
            Line(i == 0 ? "who" : "", Ink.Cyan, culprit.Detail is null ? culprit.Name : $"{culprit.Name}: {culprit.Detail}");
        }

        Line("users", Ink.Cyan, finding.Condition.Impact);
        Advice(finding);
        foreach (Finding consequence in finding.Consequences)
        {
            Line("causes", Ink.Cyan, $"{Word(consequence.Severity)} {consequence.Id}: {consequence.Summary}{Deeper(consequence)}");
        }

        Line("more", Ink.Dim, $"tcplens explain {finding.Condition.Id}");
    }

    /// <summary>A text with a label before it, which may be empty.</summary>
    public void Line(string label, Ink ink, string text)
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

    private void Advice(Finding finding)
    {
        int number = 0;
        foreach (Remedy remedy in finding.Remedies)
        {
            string undo = remedy.Undo is null ? "" : $"; to undo: {remedy.Undo}";
            string risk = remedy.Risk is "none" or "" ? undo.TrimStart(';', ' ') : $"risk: {remedy.Risk}{undo}";
            Line(number++ == 0 ? "do" : "", Ink.Green, $"{number}. {remedy.Text}{(risk.Length == 0 ? "" : $" ({risk})")}");
            if (remedy.Command is { } command)
            {
                Line("", Ink.Dim, $"   {command}");
            }
            else if (remedy.Settings.Count > 0)
            {
                Line("", Ink.Dim, $"   tcplens tune apply {finding.Id}");
            }
        }

        foreach (Myth myth in finding.Avoid)
        {
            Line("don't", Ink.Yellow, $"{myth.Advice}: {myth.Why}");
        }
    }

    /// <summary>What a consequence leads to in turn, by name; --json has it all.</summary>
    private static string Deeper(Finding finding)
    {
        List<string> ids = [.. DoctorReport.Flatten(finding.Consequences).Select(static consequence => consequence.Id)];
        return ids.Count == 0 ? "" : $" (and so {string.Join(", ", ids)})";
    }

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();
}
