using System.Text;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>A doctor's report as one HTML page that needs nothing else: no script, no network, readable on paper.</summary>
internal static class ReportFile
{
    /// <exception cref="IOException">It could not be written.</exception>
    public static void Write(string path, Examination seen, DoctorReport report)
        => WholeFile.Write(path, "the report", stream => stream.Write(Encoding.UTF8.GetBytes(Page(seen, report))));

    public static string Page(Examination seen, DoctorReport report)
    {
        Html page = new();
        string title = $"TCP of {seen.HostName}{(seen.Namespace.IsOwn ? "" : $", namespace {seen.Namespace.DisplayName}")}";
        page.Raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>").Text(title)
            .Raw("</title>\n<style>\n").Raw(ReportStyle.Sheet).Raw("</style>\n</head>\n<body>\n<header>\n");
        page.Element("h1", "", title);
        page.Element("p", "quiet", $"{seen.Now.TakenAt:yyyy-MM-dd HH:mm:ss} UTC, Linux {seen.Settings.KernelRelease}; {seen.Now.Sockets.Count:N0} sockets watched for {seen.Elapsed.TotalSeconds:0.#} s; {report.Looked.Count} conditions looked for.");
        page.Raw("</header>\n<main>\n");
        Findings(page, report);
        page.Element("h2", "", "Sockets by state");
        ReportPictures.StateBars(page, seen);
        page.Element("h2", "", $"Counters over {seen.Elapsed.TotalSeconds:0.#} s");
        ReportPictures.CounterCurves(page, seen);
        if (report.Findings.Count > 0)
        {
            page.Element("h2", "", "Culprits");
            ReportPictures.Culprits(page, report);
        }

        Rest(page, seen, report);
        return page.Raw("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Findings(Html page, DoctorReport report)
    {
        if (report.Findings.Count == 0)
        {
            page.Element("p", "ok", "Nothing is wrong.");
            return;
        }

        foreach (Finding finding in report.Findings)
        {
            FindingArticle.Write(page, finding);
        }
    }

    private static void Rest(Html page, Examination seen, DoctorReport report)
    {
        HashSet<string> found = [.. DoctorReport.Flatten(report.Findings).Select(static finding => finding.Condition.Id)];
        page.Element("h2", "", "Looked for and not found");
        page.Element("p", "quiet", string.Join(", ", report.Looked.Select(static condition => condition.Id).Where(id => !found.Contains(id))));
        FindingArticle.List(page, "Could not be checked", "ul", report.Unchecked.Select(static missing => $"{missing.ConditionId}: {missing.Why}").Concat(seen.BlindSpots.Select(static blind => blind.ToString())));
        FindingArticle.List(page, "Where the facts come from", "ul", seen.Sources);
    }
}
