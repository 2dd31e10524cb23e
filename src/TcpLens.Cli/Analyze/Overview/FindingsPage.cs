using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;

namespace TcpLens.Cli;

/// <summary>What a capture proves, finding by finding, in the manner of the doctor.</summary>
internal sealed class FindingsPage(IReadOnlyList<Finding> findings, TerminalStyle style)
{
    public void WriteTo(Utf8Writer output)
    {
        var writer = new FindingWriter(output, style);
        foreach (Finding finding in findings)
        {
            writer.Write(finding);
            output.WriteLine();
        }

        IEnumerable<string> quiet = CaptureDoctor.Looked.Select(static info => info.Id).Except(findings.Select(static finding => finding.Condition.Id));
        Judgement.Write(output, style, Severity.Ok, $"{(findings.Count == 0 ? "nothing is wrong; looked for" : "looked for and not found")}: {string.Join(", ", quiet)}");
    }
}
