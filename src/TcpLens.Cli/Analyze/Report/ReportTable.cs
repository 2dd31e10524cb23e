using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Observation.Filters;

namespace TcpLens.Cli;

/// <summary>The connections of a capture's report, a row each: those with most trouble, and the first.</summary>
internal static class ReportTable
{
    public static void Write(Html page, ReportMaterial material)
    {
        ConnectionShortlist list = material.Shortlist;
        HashSet<long> shown = [.. material.Pictures.Select(static picture => picture.Record.Number)];
        page.Raw("<section id=\"connections\">\n").Element("h2", "", "Connections");
        if (list.Worst.Count > 0)
        {
            page.Element("h3", "", list.Troubled > ConnectionShortlist.Most ? $"The {ConnectionShortlist.Most} with most trouble, of {list.Troubled:N0}" : $"With trouble: {list.Troubled:N0}");
            Rows(page, list.Worst, shown);
        }

        HashSet<long> named = [.. list.Worst.Select(static record => record.Number)];
        ConnectionRecord[] rest = [.. list.First.Where(record => !named.Contains(record.Number))];
        if (rest.Length > 0)
        {
            page.Element("h3", "", material.Overview.Connections > ConnectionShortlist.Most ? $"Of the first {ConnectionShortlist.Most} the others" : "The others");
            Rows(page, rest, shown);
        }

        page.Element("p", "quiet", $"{list.Worst.Count + rest.Length:N0} of {Words.Of(material.Overview.Connections, "connection")} shown. tcplens analyze FILE --connections lists all.");
        page.Raw("</section>\n");
    }

    private static void Rows(Html page, IEnumerable<ConnectionRecord> records, HashSet<long> shown)
    {
        page.Raw("<div class=\"scroll\"><table>\n<tr><th class=\"number\">#</th><th>Originator</th><th>Responder</th><th class=\"number\">Took</th><th>Outcome</th><th class=\"number\">Sent</th><th class=\"number\">Received</th><th class=\"number\">Packets</th><th class=\"number\">Sent again</th><th class=\"number\">RTT</th><th>History</th></tr>\n");
        foreach (ConnectionRecord record in records)
        {
            string number = shown.Contains(record.Number) ? $"<a href=\"#connection-{record.Number}\">{record.Number:N0}</a>" : $"{record.Number:N0}";
            page.Raw($"<tr id=\"row-{record.Number}\"><td class=\"number\">{number}</td><td class=\"mono\">").Text(record.Originator.ToString())
                .Raw("</td><td class=\"mono\">").Text(record.Responder.ToString())
                .Raw($"</td><td class=\"number\">{CaptureTime.Short(record.Duration)}</td><td>").Text(record.Outcome.Words())
                .Raw($"</td><td class=\"number\">{record.FromOriginator.PayloadOctets:N0}</td><td class=\"number\">{record.FromResponder.PayloadOctets:N0}</td><td class=\"number\">{record.FromOriginator.Packets + record.FromResponder.Packets:N0}</td>")
                .Raw($"<td class=\"number\">{record.FromOriginator.CountOf(SegmentMarks.Retransmission) + record.FromResponder.CountOf(SegmentMarks.Retransmission):N0}</td><td class=\"number\">{CaptureTime.Short(record.TypicalRtt)}</td><td class=\"mono\">")
                .Text(record.History).Raw("</td></tr>\n");
        }

        page.Raw("</table></div>\n");
    }
}
