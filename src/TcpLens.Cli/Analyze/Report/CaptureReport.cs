using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;

namespace TcpLens.Cli;

/// <summary>What a capture holds as one HTML page that needs nothing else: no script, no network, light or dark with its reader, readable on paper.</summary>
internal static class CaptureReport
{
    /// <param name="path">Where to.</param>
    /// <param name="account">What the files held.</param>
    /// <param name="material">What was found in them.</param>
    /// <param name="findings">The doctor's conditions that it proves.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public static void Write(string path, CaptureAccount account, ReportMaterial material, IReadOnlyList<Finding> findings)
        => WholeFile.Write(path, "the report", stream => stream.Write(Encoding.UTF8.GetBytes(Page(account, material, findings))));

    public static string Page(CaptureAccount account, ReportMaterial material, IReadOnlyList<Finding> findings)
    {
        Html page = new();
        string title = $"TCP in {(account.Files.Count == 1 ? Shown(Path.GetFileName(account.Files[0].Name)) : Words.Of(account.Files.Count, "capture"))}";
        page.Raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width\"/>\n<title>").Text(title)
            .Raw("</title>\n<style>\n").Raw(CaptureReportStyle.Sheet).Raw("</style>\n</head>\n<body>\n<header>\n");
        page.Element("h1", "", title);
        ReportHead.Write(page, account, material);
        Contents(page, material, findings);
        page.Raw("</header>\n<main>\n");
        Findings(page, findings);
        ReportOverview overview = new(page, material);
        overview.Outcomes();
        overview.Anomalies();
        overview.Handshakes();
        overview.Talkers();
        overview.States();
        ReportTable.Write(page, material);
        Pictures(page, material);
        return page.Raw("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>What somebody else chose, with its control and reordering characters made visible.</summary>
    public static string Shown(string words)
    {
        MemoryWriter text = new();
        text.WriteText(words);
        return text.ToString();
    }

    private static void Contents(Html page, ReportMaterial material, IReadOnlyList<Finding> findings)
    {
        page.Raw("<nav>");
        if (findings.Count > 0)
        {
            page.Raw("<a href=\"#findings\">Findings</a> ");
        }

        page.Raw("<a href=\"#outcomes\">Outcomes</a> <a href=\"#anomalies\">Anomalies</a> <a href=\"#handshakes\">Handshakes</a> <a href=\"#talkers\">Talkers</a> <a href=\"#states\">States</a> <a href=\"#connections\">Connections</a>");
        foreach (PicturedConnection shown in material.Pictures)
        {
            page.Raw($" <a href=\"#connection-{shown.Record.Number}\">Connection {shown.Record.Number:N0}</a>");
        }

        page.Raw("</nav>\n");
    }

    private static void Findings(Html page, IReadOnlyList<Finding> findings)
    {
        if (findings.Count == 0)
        {
            return;
        }

        page.Raw("<section id=\"findings\">\n").Element("h2", "", "Findings");
        foreach (Finding finding in findings)
        {
            FindingArticle.Write(page, finding);
        }

        page.Raw("</section>\n");
    }

    private static void Pictures(Html page, ReportMaterial material)
    {
        if (material.Pictures.Count == 0)
        {
            return;
        }

        page.Element("h2", "", "Connections in full");
        page.Element("p", "quiet", material.PictureChoice);
        foreach (PicturedConnection shown in material.Pictures)
        {
            new ConnectionSection(page, shown).Write();
        }
    }
}
