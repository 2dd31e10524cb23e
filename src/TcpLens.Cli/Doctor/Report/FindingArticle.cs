using TcpLens.Diagnosis;

namespace TcpLens.Cli;

/// <summary>One finding on a page: what is wrong, how that is known, who is part of it, what to do.</summary>
internal static class FindingArticle
{
    /// <summary>The finding, and below it what it leads to.</summary>
    public static void Write(Html page, Finding finding)
    {
        string severity = finding.Severity.ToString().ToLowerInvariant();
        page.Raw($"<article class=\"{severity}\">\n<h2><span class=\"badge\">{severity}</span> ").Text(finding.Summary).Raw("</h2>\n");
        page.Element("p", "quiet", $"{finding.Id}: {severity} because {finding.Reason}. Users: {finding.Condition.Impact}.");
        page.Raw("<table>\n<tr><th>Evidence</th><th>Source</th></tr>\n");
        foreach (Fact fact in finding.Evidence)
        {
            page.Raw("<tr><td>").Text(fact.Text).Raw("</td><td class=\"quiet\">").Text(fact.Source).Raw("</td></tr>\n");
        }

        page.Raw("</table>\n");
        if (finding.ConfirmBy is { } confirm)
        {
            page.Element("p", "", $"How sure: {finding.Confidence.ToString().ToLowerInvariant()}. To be sure: {confirm}.");
        }

        List(page, "Who", "ul", finding.Culprits.Select(static culprit => culprit.Detail is null ? culprit.Name : $"{culprit.Name}: {culprit.Detail}"));
        List(page, "What to do", "ol", finding.Remedies.Select(static remedy =>
            $"{remedy.Text}{(remedy.Risk is "none" or "" ? "" : $" (risk: {remedy.Risk})")}{(remedy.Command is { } command ? $": {command}" : "")}{(remedy.Undo is { } undo ? $". To undo: {undo}" : "")}"));
        List(page, "What not to do", "ul", finding.Avoid.Select(static myth => $"{myth.Advice}: {myth.Why}"));
        foreach (Finding consequence in finding.Consequences)
        {
            page.Element("h3", "", "which leads to");
            Write(page, consequence);
        }

        page.Raw("</article>\n");
    }

    /// <summary>A titled list; nothing when there are no items.</summary>
    public static void List(Html page, string title, string kind, IEnumerable<string> items)
    {
        bool isFirst = true;
        foreach (string item in items)
        {
            if (isFirst)
            {
                page.Element("h3", "", title).Raw($"<{kind}>\n");
                isFirst = false;
            }

            page.Element("li", "", item);
        }

        page.Raw(isFirst ? "" : $"</{kind}>\n");
    }
}
