using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A doctor's report for a terminal: the cause, its proof, who, what to do; then what was looked at and what could not be.</summary>
internal sealed class DoctorPage(Examination seen, DoctorReport report, TerminalStyle style)
{
    private const int Label = 10;

    public void WriteTo(Utf8Writer output)
    {
        foreach (Finding finding in report.Findings)
        {
            Write(output, finding);
            output.WriteLine();
        }

        if (report.Findings.Count == 0)
        {
            Judgement.Write(output, style, Severity.Ok, $"nothing is wrong: {report.Looked.Count} conditions looked for in {seen.Now.Sockets.Count:N0} sockets, watched for {seen.Elapsed.TotalSeconds:0.#} s");
        }

        foreach (Unchecked missing in report.Unchecked)
        {
            Line(output, "unchecked", Ink.Dim, $"{missing.ConditionId}: {missing.Why}");
        }
    }

    private void Write(Utf8Writer output, Finding finding)
    {
        Judgement.Write(output, style, finding.Severity, finding.Summary);
        Line(output, "id", Ink.Dim, finding.Id);
        Line(output, "because", Ink.Dim, finding.Reason);
        foreach (Fact fact in finding.Evidence)
        {
            Line(output, "proof", Ink.Dim, $"{fact.Text}  [{fact.Source}]");
        }

        foreach (Culprit culprit in finding.Culprits)
        {
            Line(output, "who", Ink.Dim, culprit.Detail is null ? culprit.Name : $"{culprit.Name}: {culprit.Detail}");
        }

        Line(output, "impact", Ink.Dim, finding.Condition.Impact);
        foreach (Remedy remedy in finding.Remedies)
        {
            Line(output, "do", Ink.Green, $"{remedy.Text} (risk: {remedy.Risk})");
        }

        foreach (Myth myth in finding.Avoid)
        {
            Line(output, "don't", Ink.Yellow, $"{myth.Advice}: {myth.Why}");
        }

        foreach (Finding consequence in finding.Consequences)
        {
            Line(output, "leads to", Ink.Dim, consequence.Summary);
        }
    }

    private void Line(Utf8Writer output, string label, Ink ink, string text)
    {
        output.WriteSpaces(Label);
        style.Write(output, ink, Encoding.ASCII.GetBytes(label.PadRight(Label)));
        Prose.Write(output, text, style.Columns, indent: 2 * Label, position: 2 * Label);
    }
}
