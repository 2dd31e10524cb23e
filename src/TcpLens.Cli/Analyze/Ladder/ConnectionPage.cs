using System.Globalization;
using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Everything about one connection: who, how it went, both ends' numbers, their states, the ladder and the shape of its streams.</summary>
internal sealed class ConnectionPage(ConnectionRecord record, SegmentKeeper kept, TerminalStyle style, bool raw)
{
    private const int GapsShown = 10;

    public void WriteTo(Utf8Writer output)
    {
        style.Write(output, Ink.Bold, Encoding.ASCII.GetBytes($"Connection {record.Number}  "));
        Prose.Write(output, $"{record.Originator} > {record.Responder}, {record.Outcome.Words()}", style.Columns, indent: 2, position: $"Connection {record.Number}  ".Length);
        output.WriteLine();

        var page = new Page(style with { Columns = style.Columns is null ? null : Math.Min(style.Columns.Value, Page.TwoColumnsFrom - 1) });
        page.Add(PageSide.Both, "How it went", "", Head);
        page.Add(PageSide.Both, "Both ends", "what each sent", Accounts);
        page.Add(PageSide.Both, "States", "~ inferred, ? unknown", Timeline);
        page.WriteTo(output);
        if (kept.Gaps.Count > 0)
        {
            Title(output, "Not captured", "");
            Gaps(output);
        }

        Title(output, "Segments", raw ? "numbers as in the headers" : "sequence numbers count from the SYN of each end");
        new LadderDiagram(output, style, record.FirstSeen, raw).Write(kept);
        foreach (ConnectionEnd end in (ReadOnlySpan<ConnectionEnd>)[ConnectionEnd.Originator, ConnectionEnd.Responder])
        {
            if (record.From(end).DataSegments > 2)
            {
                Title(output, $"{(end == ConnectionEnd.Originator ? "Originator" : "Responder")}'s octets over time", $"{(style.Unicode ? "⠿" : "*")} data, R sent again, o out of order, {(style.Unicode ? "˙" : "'")} end of the window, Z window shut");
                new SequencePlot(output, style).Write(kept.SamplesOf(end).All);
            }
        }
    }

    private void Title(Utf8Writer output, string title, string remark)
    {
        output.WriteLine();
        style.Write(output, Ink.Bold, Encoding.ASCII.GetBytes(title));
        if (remark.Length > 0 && title.Length + 2 + remark.Length <= (style.Columns ?? int.MaxValue))
        {
            output.WriteSpaces(2);
            style.Write(output, Ink.Dim, Encoding.UTF8.GetBytes(remark));
        }

        output.WriteLine();
    }

    private void Head(Utf8Writer output, TerminalStyle room)
    {
        string closer = record.FirstToClose switch
        {
            ConnectionEnd.Originator => "; the originator was the first to close",
            ConnectionEnd.Responder => "; the responder was the first to close",
            _ => "",
        };
        Fact(output, room, "outcome", $"{record.Outcome.Words()}{closer}");
        Fact(output, room, "as Zeek", $"{record.ZeekState} {record.History}");
        Fact(output, room, "began", $"{CaptureTime.Text(record.FirstSeen)}{(record.BeganHere ? "" : ", or before: its beginning was not captured")}");
        Fact(output, room, "lasted", CaptureTime.Short(record.Duration));
        if (record.HandshakeRtt is { } rtt)
        {
            string far = record.SynToSynAck is { } answer ? $", of which {CaptureTime.Short(answer)} from here to the responder and back" : "";
            Fact(output, room, "handshake", $"{CaptureTime.Short(rtt)}{far}");
        }

        if (record.WasEvicted)
        {
            Fact(output, room, "cut", "given up to make room (--max-connections): what came later is counted as another connection");
        }
    }

    private static void Fact(Utf8Writer output, TerminalStyle room, string name, string text)
    {
        room.Write(output, Ink.Cyan, Encoding.ASCII.GetBytes(name));
        output.WriteSpaces(11 - name.Length);
        Prose.Write(output, text, room.Columns, indent: 11, position: 11);
    }

    private void Accounts(Utf8Writer output, TerminalStyle room)
    {
        var table = new TableWriter(output, room, [new Column(""), new Column("Originator") { Align = Align.Right }, new Column("Responder") { Align = Align.Right }], TableWriter.WholeTable);
        Row(table, "segments", static account => Count(account.Packets));
        Row(table, "with data", static account => Count(account.DataSegments));
        Row(table, "pure ACKs", static account => Count(account.PureAcks));
        Row(table, "payload octets", static account => Count(account.PayloadOctets));
        Row(table, "octets of its stream", static account => Count(account.StreamOctets));
        Row(table, "SYN, FIN, RST", static account => $"{account.Syns + account.SynAcks}, {account.Fins}, {account.Resets}");
        Row(table, "sent again", static account => Count(account.CountOf(SegmentMarks.Retransmission)));
        Row(table, "MSS", static account => account.MaximumSegmentSize?.ToString(CultureInfo.InvariantCulture) ?? "-");
        Row(table, "window scale", static account => account.WindowShift?.ToString(CultureInfo.InvariantCulture) ?? "-");
        Row(table, "SACK, timestamps", static account => $"{YesNo(account.OffersSack)}, {YesNo(account.UsesTimestamps)}");
        Row(table, "window", static account => account.SmallestWindow is { } least ? $"{Count(least)} to {Count(account.LargestWindow ?? least)}" : "-");
        Row(table, "most in flight", static account => Count(account.MostInFlight));
        Row(table, "RTT least", static account => Rtt(account.Rtt, account.Rtt.Least));
        Row(table, "RTT mean", static account => Rtt(account.Rtt, account.Rtt.Mean));
        Row(table, "RTT most", static account => Rtt(account.Rtt, account.Rtt.Most));
        foreach (MarkInfo info in MarkCatalog.All)
        {
            if (info.Mark != SegmentMarks.Retransmission && record.FromOriginator.CountOf(info.Mark) + record.FromResponder.CountOf(info.Mark) > 0)
            {
                Row(table, info.Name, account => Count(account.CountOf(info.Mark)));
            }
        }

        foreach (RetransmissionKind kind in record.FromOriginator.Retransmissions.Keys.Concat(record.FromResponder.Retransmissions.Keys).Distinct().Order())
        {
            Row(table, $"sent again: {kind.Words()}", account => Count(account.Retransmissions.GetValueOrDefault(kind)));
        }

        table.Complete();
    }

    /// <summary>What both ends have nothing of is left out.</summary>
    private void Row(TableWriter table, string name, Func<EndAccount, string> text)
    {
        string originator = text(record.FromOriginator), responder = text(record.FromResponder);
        if (originator is "0" or "-" && originator == responder)
        {
            return;
        }

        table.Text(name, Ink.Cyan);
        table.Text(originator, originator is "0" or "-" ? Ink.Dim : Ink.Normal);
        table.Text(responder, responder is "0" or "-" ? Ink.Dim : Ink.Normal);
        table.EndRow();
    }

    private void Timeline(Utf8Writer output, TerminalStyle room)
    {
        if (record.Timeline.Count == 0)
        {
            output.WriteLine("nothing tells"u8);
            return;
        }

        var table = new TableWriter(output, room, [new Column("Seconds") { Align = Align.Right }, new Column("Originator"), new Column("Responder")], TableWriter.WholeTable);
        foreach (StateStep step in record.Timeline)
        {
            table.Text(CaptureTime.Seconds(step.At.Nanoseconds - record.FirstSeen.Nanoseconds));
            if (step.End == ConnectionEnd.Responder)
            {
                table.Text("");
            }

            table.Text(step.Now.Certainty switch
            {
                Certainty.Unknown => "?",
                Certainty.Inferred => "~" + step.Now.State.Name(StateSpelling.Rfc),
                Certainty.Seen => step.Now.State.Name(StateSpelling.Rfc),
            });
            table.EndRow();
        }

        table.Complete();
        if (record.IsTimelineCut)
        {
            room.Write(output, Ink.Dim, "further steps are not kept"u8);
            output.WriteLine();
        }
    }

    private void Gaps(Utf8Writer output)
    {
        foreach (CaptureGap gap in kept.Gaps.Take(GapsShown))
        {
            string who = gap.Sender == ConnectionEnd.Originator ? "originator" : "responder";
            string how = gap.WasReceived
                ? $"packet {gap.Frame:N0} acknowledges them: they arrived, the capture missed them"
                : $"before packet {gap.Frame:N0}: lost on the way here, or missed by the capture";
            output.WriteSpaces(2);
            Prose.Write(output, $"{gap.Octets:N0} octets of the {who} from {gap.From:N0} on, {how}", style.Columns, indent: 4, position: 2);
        }

        long more = kept.Gaps.Count - GapsShown + kept.GapsNotKept;
        if (more > 0)
        {
            output.WriteSpaces(2);
            style.Write(output, Ink.Dim, Encoding.ASCII.GetBytes($"and {more:N0} more"));
            output.WriteLine();
        }
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string YesNo(bool yes) => yes ? "yes" : "no";

    private static string Rtt(RttSummary rtt, long nanoseconds) => rtt.Samples == 0 ? "-" : CaptureTime.ShortNanoseconds(nanoseconds);
}
