using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A doctor's report for a terminal: the findings, the worst first. What was looked at in vain, and what could not be, stands last.</summary>
internal sealed class DoctorPage(Examination seen, DoctorReport report, TerminalStyle style)
{
    private readonly int? _columns = FindingWriter.ColumnsOf(style);

    public void WriteTo(Utf8Writer output)
    {
        Head(output);
        var writer = new FindingWriter(output, style);
        foreach (Finding finding in report.Findings)
        {
            output.WriteLine();
            writer.Write(finding);
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
            new FindingWriter(output, style).Line("", Ink.Dim, $"{Words.Of(report.Omitted, "more finding")} of the same kinds left out");
        }

        foreach (Unchecked missing in report.Unchecked)
        {
            Judgement.Write(output, style with { Columns = _columns }, Severity.Info, $"not checked: {missing.ConditionId}: {missing.Why}");
        }
    }

    private static string Word(Severity severity) => severity.ToString().ToLowerInvariant();
}
