using TcpLens.Capture;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The sums of a capture's report: how connections ended, what was remarkable, how long handshakes took, who talked.</summary>
internal sealed class ReportOverview(Html page, ReportMaterial material)
{
    private const int HistogramSteps = 16;
    private const int TalkersShown = 8;

    private readonly CaptureFacts _facts = material.Overview.ToFacts();
    private readonly HashSet<long> _shown = [.. material.Pictures.Select(static shown => shown.Record.Number)];
    private readonly HashSet<long> _listed = [.. material.Shortlist.Worst.Concat(material.Shortlist.First).Select(static record => record.Number)];

    public void Outcomes()
    {
        Begin("outcomes", "Connections by outcome");
        if (_facts.Connections == 0)
        {
            page.Element("p", "quiet", "No TCP connection.");
        }
        else
        {
            PictureBar[] bars =
            [
                .. _facts.Outcomes.Values.OrderByDescending(static sum => sum.Connections).ThenBy(static sum => sum.Outcome)
                    .Select(static sum => new PictureBar(sum.Outcome.Words(), sum.Connections, $"{sum.Connections:N0}, {Words.Octets(sum.PayloadOctets)}", StyleOf(sum.Outcome))),
            ];
            Picture("Connections by outcome", writer => BarPicture.Write(writer, "Connections by outcome", bars));
            long midstream = _facts.Connections - _facts.Begun;
            page.Element("p", "quiet", $"Number of connections, and the payload they carried.{(midstream > 0 ? $" {midstream:N0} of them began before the capture." : "")}");
        }

        End();
    }

    public void Anomalies()
    {
        Begin("anomalies", "Anomalies");
        MarkSum[] ranked = [.. AnomalyOrder.Of(_facts)];
        if (ranked.Length == 0)
        {
            page.Element("p", "ok", "None.");
        }
        else
        {
            page.Raw("<div class=\"scroll\"><table>\n<tr><th>What</th><th class=\"number\">Segments</th><th class=\"number\">Connections</th><th>Worst connections, with segments in each</th></tr>\n");
            foreach (MarkSum sum in ranked)
            {
                Anomaly(sum);
            }

            page.Raw("</table></div>\n");
        }

        string notes = string.Join(", ", AnomalyOrder.NotesOf(_facts).Select(static sum => $"{AnomalyOrder.InfoOf(sum.Mark).Name} {sum.Segments:N0}"));
        if (notes.Length > 0)
        {
            page.Element("p", "quiet", $"And as in healthy connections: {notes}.");
        }

        FindingArticle.List(page, "Signs of floods and scans", "ul", ScanSigns.Of(_facts));
        End();
    }

    public void Handshakes()
    {
        Begin("handshakes", "Handshake round-trip times");
        DurationHistogram times = material.Overview.HandshakeRtt;
        if (times.Count == 0)
        {
            page.Element("p", "quiet", "No whole handshake was captured.");
        }
        else
        {
            PictureBar[] bars = [.. times.Steps(HistogramSteps).Select(static step => new PictureBar($"{CaptureTime.ShortNanoseconds(step.From)} to {CaptureTime.ShortNanoseconds(step.To)}", step.Count, $"{step.Count:N0}"))];
            Picture("Handshakes by round-trip time", writer => BarPicture.Write(writer, "Handshakes by round-trip time", bars));
            page.Element("p", "quiet", $"{Words.Of(times.Count, "handshake")}, from the SYN to the ACK of the SYN-ACK: half took at most {Percentile(0.5)}, nine in ten {Percentile(0.9)}, 99 % {Percentile(0.99)}, the longest {CaptureTime.ShortNanoseconds(times.Most)}.");
        }

        End();

        string Percentile(double part) => CaptureTime.ShortNanoseconds(times.Percentile(part));
    }

    public void Talkers()
    {
        Begin("talkers", "Top talkers");
        page.Raw("<div class=\"columns\">\n");
        Talkers("Address", material.Overview.Talkers.ByOctets(TalkersShown).Select(static talker => (talker.Key.ToString(), talker.Weight, talker.Error, talker.Note)));
        Talkers("Service", material.Overview.Talkers.Services(TalkersShown).Select(static talker => (talker.Key.ToString(), talker.Weight, talker.Error, talker.Note)));
        page.Raw("</div>\n");
        page.Element("p", "quiet", "By octets of IP packets, both ways; ~ where a number may be too high because there were more talkers than are kept.");
        End();
    }

    public void States()
    {
        Begin("states", "States at the end");
        page.Raw("<div class=\"scroll\"><table>\n<tr><th>State</th><th class=\"number\">Originators</th><th class=\"number\">inferred</th><th class=\"number\">Responders</th><th class=\"number\">inferred</th></tr>\n");
        StateTally states = material.Overview.States;
        foreach (TcpState state in LifeOrder.States)
        {
            if (states.Of(ConnectionEnd.Originator, state) + states.Of(ConnectionEnd.Responder, state) == 0)
            {
                continue;
            }

            page.Raw($"<tr><td>{state.Name(StateSpelling.Rfc)}</td>");
            foreach (ConnectionEnd end in (ReadOnlySpan<ConnectionEnd>)[ConnectionEnd.Originator, ConnectionEnd.Responder])
            {
                page.Raw($"<td class=\"number\">{states.Of(end, state):N0}</td><td class=\"number quiet\">{states.Of(end, state, Certainty.Inferred):N0}</td>");
            }

            page.Raw("</tr>\n");
        }

        page.Raw($"<tr><td>unknown</td><td class=\"number\">{states.Unknown(ConnectionEnd.Originator):N0}</td><td></td><td class=\"number\">{states.Unknown(ConnectionEnd.Responder):N0}</td><td></td></tr>\n</table></div>\n");
        page.Element("p", "quiet", "The state in which each end was last known to be, of all connections.");
        End();
    }

    private void Anomaly(MarkSum sum)
    {
        MarkInfo info = AnomalyOrder.InfoOf(sum.Mark);
        page.Raw($"<tr class=\"named\"><td{(info.Weight == MarkWeight.Trouble ? " class=\"trouble-word\"" : "")}>{(info.Weight == MarkWeight.Trouble ? "▲ " : "")}").Text(info.Name)
            .Raw($"</td><td class=\"number\">{sum.Segments:N0}</td><td class=\"number\">{sum.Connections:N0}</td><td>");
        string separator = "";
        foreach (NotedConnection worst in sum.Worst)
        {
            page.Raw(separator).Raw(Reference(worst.Number)).Raw($" ({worst.Count:N0})");
            separator = ", ";
        }

        page.Raw("</td></tr>\n<tr><td class=\"meaning quiet\" colspan=\"4\">").Text(info.Meaning).Raw("</td></tr>\n");
    }

    /// <summary>A link to where the page says more of a connection, if it does.</summary>
    private string Reference(long number)
        => _shown.Contains(number) ? $"<a href=\"#connection-{number}\">#{number:N0}</a>"
        : _listed.Contains(number) ? $"<a href=\"#row-{number}\">#{number:N0}</a>"
        : $"#{number:N0}";

    private void Talkers(string title, IEnumerable<(string Name, long Octets, long Error, TalkerNote Note)> talkers)
    {
        page.Raw($"<div class=\"scroll\"><table>\n<tr><th>{title}</th><th class=\"number\">Octets</th><th class=\"number\">Packets</th><th class=\"number\">Connections</th></tr>\n");
        foreach ((string name, long octets, long error, TalkerNote note) in talkers)
        {
            page.Raw("<tr><td class=\"mono\">").Text(name).Raw($"</td><td class=\"number\">{(error > 0 ? "~" : "")}{Words.Octets(octets)}</td><td class=\"number\">{note.Packets:N0}</td><td class=\"number\">{note.Connections:N0}</td></tr>\n");
        }

        page.Raw("</table></div>\n");
    }

    private void Begin(string id, string title) => page.Raw($"<section id=\"{id}\">\n").Element("h2", "", title);

    private void End() => page.Raw("</section>\n");

    private void Picture(string label, Action<TextWriter> draw) => page.Picture(label, draw);

    private static string StyleOf(ConnectionOutcome outcome) => outcome switch
    {
        ConnectionOutcome.Closed or ConnectionOutcome.Open or ConnectionOutcome.Closing => "good",
        ConnectionOutcome.Midstream or ConnectionOutcome.HalfClosedByOriginator or ConnectionOutcome.HalfClosedByResponder => "plain",
        ConnectionOutcome.Abandoned or ConnectionOutcome.OneSided or ConnectionOutcome.Unanswered or ConnectionOutcome.HalfOpen or ConnectionOutcome.Refused => "notice",
        ConnectionOutcome.ResetByOriginator or ConnectionOutcome.ResetByResponder or ConnectionOutcome.ResetInHandshake or ConnectionOutcome.Stray => "trouble",
    };
}
