using TcpLens.Capture;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>One connection of a capture's report in full: how it went, what each end sent, its ladder and its plots.</summary>
internal sealed class ConnectionSection(Html page, PicturedConnection shown)
{
    private static readonly ConnectionEnd[] Ends = [ConnectionEnd.Originator, ConnectionEnd.Responder];

    private readonly ConnectionRecord _record = shown.Record;
    private readonly IReadOnlyList<JudgedSegment> _segments = shown.Album.Segments();

    public void Write()
    {
        page.Raw($"<section id=\"connection-{_record.Number}\" class=\"connection\">\n");
        page.Element("h2", "", $"Connection {_record.Number:N0}: {_record.Originator} → {_record.Responder}, {_record.Outcome.Words()}");
        Head();
        page.Raw("<div class=\"columns\">\n");
        Accounts();
        Timeline();
        page.Raw("</div>\n").Element("h3", "", "Ladder");
        page.Picture($"ladder of connection {_record.Number}", writer => LadderPicture.Write(writer, _record, _segments));
        page.Element("h3", "", "Over time");
        page.Picture($"plots of connection {_record.Number}", Plots);
        if (shown.Album.Dropped > 0)
        {
            page.Element("p", "quiet", $"The pictures are made of {_segments.Count:N0} of {shown.Album.Seen:N0} segments: the first and the last, those with marks of trouble, and every n-th of the others.");
        }

        page.Raw("</section>\n");
    }

    private void Head()
    {
        page.Raw("<dl>\n");
        Fact("outcome", _record.Outcome.Words() + _record.FirstToClose switch
        {
            ConnectionEnd.Originator => "; the originator was the first to close",
            ConnectionEnd.Responder => "; the responder was the first to close",
            _ => "",
        });
        Fact("as Zeek writes it", $"{_record.ZeekState} {_record.History}");
        Fact("began", $"{CaptureTime.Text(_record.FirstSeen)}{(_record.BeganHere ? "" : ", or before: its beginning was not captured")}");
        Fact("lasted", CaptureTime.Short(_record.Duration));
        if (_record.HandshakeRtt is { } rtt)
        {
            Fact("handshake", $"{CaptureTime.Short(rtt)}{(_record.SynToSynAck is { } answer ? $", of which {CaptureTime.Short(answer)} from here to the responder and back" : "")}");
        }

        if (_record.WasEvicted)
        {
            Fact("cut", "given up to make room (--max-connections): what came later is counted as another connection");
        }

        page.Raw("</dl>\n");
    }

    private void Accounts()
    {
        page.Raw("<div class=\"scroll\">\n").Element("h3", "", "What each end sent").Raw("<table>\n<tr><th></th><th class=\"number\">Originator</th><th class=\"number\">Responder</th></tr>\n");
        Row("segments", static account => $"{account.Packets:N0}");
        Row("with data", static account => $"{account.DataSegments:N0}");
        Row("payload octets", static account => $"{account.PayloadOctets:N0}");
        Row("octets of its stream", static account => $"{account.StreamOctets:N0}");
        Row("MSS", static account => account.MaximumSegmentSize is { } size ? $"{size:N0}" : "-");
        Row("window", static account => account.SmallestWindow is { } least ? $"{least:N0} to {account.LargestWindow ?? least:N0}" : "-");
        Row("most under way", static account => $"{account.MostInFlight:N0}");
        Row("RTT, least to most", static account => account.Rtt.Samples == 0 ? "-" : $"{CaptureTime.ShortNanoseconds(account.Rtt.Least)} to {CaptureTime.ShortNanoseconds(account.Rtt.Most)}");
        foreach (MarkInfo info in MarkCatalog.All.Where(info => _record.FromOriginator.CountOf(info.Mark) + _record.FromResponder.CountOf(info.Mark) > 0))
        {
            Row(info.Name, account => $"{account.CountOf(info.Mark):N0}");
            if (info.Mark == SegmentMarks.Retransmission)
            {
                Kinds();
            }
        }

        page.Raw("</table></div>\n");
    }

    private void Kinds()
    {
        foreach (RetransmissionKind kind in _record.FromOriginator.Retransmissions.Keys.Concat(_record.FromResponder.Retransmissions.Keys).Distinct().Order())
        {
            Row($"… {kind.Words()}", account => $"{account.Retransmissions.GetValueOrDefault(kind):N0}");
        }
    }

    private void Row(string name, Func<EndAccount, string> text)
    {
        page.Raw("<tr><td>").Text(name).Raw("</td>");
        foreach (ConnectionEnd end in Ends)
        {
            page.Raw("<td class=\"number\">").Text(text(_record.From(end))).Raw("</td>");
        }

        page.Raw("</tr>\n");
    }

    private void Timeline()
    {
        page.Raw("<div class=\"scroll\">\n").Element("h3", "", "States").Raw("<table>\n<tr><th class=\"number\">Seconds</th><th>Originator</th><th>Responder</th></tr>\n");
        foreach (StateStep step in _record.Timeline)
        {
            string state = step.Now.Certainty switch
            {
                Certainty.Unknown => "unknown",
                Certainty.Inferred => $"{step.Now.State.Name(StateSpelling.Rfc)} (inferred)",
                Certainty.Seen => step.Now.State.Name(StateSpelling.Rfc),
            };
            (string originator, string responder) = step.End == ConnectionEnd.Originator ? (state, "") : ("", state);
            page.Raw($"<tr><td class=\"number\">{CaptureTime.Seconds(step.At.Nanoseconds - _record.FirstSeen.Nanoseconds)}</td><td>{originator}</td><td>{responder}</td></tr>\n");
        }

        page.Raw("</table>\n");
        if (_record.IsTimelineCut || _record.Timeline.Count == 0)
        {
            page.Element("p", "quiet", _record.IsTimelineCut ? "Further steps are not kept." : "Nothing tells.");
        }

        page.Raw("</div>\n");
    }

    private void Plots(TextWriter writer)
    {
        foreach (ConnectionEnd end in Ends.Where(end => TimeSequencePlot.CanShow(end, _segments)))
        {
            TimeSequencePlot.Write(writer, _record, end, _segments);
        }

        PacePlots.WriteRoundTrips(writer, _record, _segments);
        PacePlots.WriteInFlight(writer, _record, _segments);
    }

    private void Fact(string name, string words) => page.Element("dt", "", name).Element("dd", "", words);
}
