using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>One moment of a capture: packets, both ends' states, what stands out, who talks.</summary>
/// <param name="place">Where it is captured.</param>
/// <param name="ledger">What is known of the connections.</param>
/// <param name="now">What was captured up to now.</param>
/// <param name="before">What had been captured when the last page was drawn; null for the first.</param>
/// <param name="elapsed">Since the capture began.</param>
/// <param name="since">Since <paramref name="before"/>.</param>
/// <param name="style">The terminal as it is now.</param>
internal sealed class LivePage(
    string place, LiveLedger ledger, CaptureProgress now, CaptureProgress? before, TimeSpan elapsed, TimeSpan since, TerminalStyle style)
{
    private const int StateRows = 6;
    private const int MarkRows = 6;
    private const int TalkerRows = 5;
    private const int BarCells = 16;

    public void WriteTo(Utf8Writer output)
    {
        var page = new Page(style);
        page.Add(PageSide.Both, $"capturing on {place}", "Ctrl-C ends it", Head);
        if (ledger.Connections > 0)
        {
            page.Add(PageSide.Left, "States", $"{ledger.Live:N0} connections now, {ledger.Connections:N0} since the start", States);
            page.Add(PageSide.Right, "What stands out", "segments since the start", Marks);
            page.Add(PageSide.Both, "Busiest now", "", Talkers);
        }

        page.WriteTo(output);
    }

    private void Head(Utf8Writer output, TerminalStyle room)
    {
        long packets = now.Packets - (before?.Packets ?? 0);
        double seconds = Math.Max(since.TotalSeconds, 0.001);
        output.WriteDuration((ulong)elapsed.TotalMicroseconds);
        output.Write("  "u8);
        output.WriteCount(now.Packets);
        output.WriteText(now.Packets == 1 ? " packet  " : " packets  ");
        output.WriteCount((long)(packets / seconds));
        output.Write("/s  "u8);
        output.WriteBitRate((ulong)((now.Octets - (before?.Octets ?? 0)) / seconds));
        output.Write("  "u8);
        var lost = new MemoryWriter();
        lost.WriteCount(now.Counts.DroppedByKernel);
        lost.Write(" lost"u8);
        room.Write(output, now.Counts.DroppedByKernel > 0 ? Ink.BoldRed : Ink.Green, lost.Written);
        output.WriteLine();
        if (now.Path is { } path)
        {
            output.Write("into "u8);
            output.WriteText(path);
            output.Write(", "u8);
            output.WriteSize((ulong)now.OctetsWritten);
            output.WriteLine(" written"u8);
        }
    }

    private void States(Utf8Writer output, TerminalStyle room)
    {
        var table = new TableWriter(
            output, room, [new Column("Originator"), new Column("Responder"), new Column("Connections") { Align = Align.Right }, new Column("") { Cut = Cut.End, Priority = 1 }], TableWriter.WholeTable);
        var rows = ledger.ByStates();
        foreach (((EndState originator, EndState responder), int count) in rows.Take(StateRows))
        {
            table.Text(Name(originator));
            table.Text(Name(responder));
            table.Count(count);
            table.Bar(Bars.Logarithmic(count, rows[0].Count), BarCells, Ink.Dim);
            table.EndRow();
        }

        table.Complete();
    }

    private void Marks(Utf8Writer output, TerminalStyle room)
    {
        var table = new TableWriter(output, room, [new Column("Segments") { Align = Align.Right }, new Column("Mark") { Cut = Cut.End }], TableWriter.WholeTable) { HasHeader = false };
        int shown = 0;
        foreach (MarkInfo info in MarkCatalog.All.Where(info => info.Weight != MarkWeight.Note && ledger.CountOf(info.Mark) > 0)
            .OrderByDescending(static info => info.Weight).ThenByDescending(info => ledger.CountOf(info.Mark)).Take(MarkRows))
        {
            table.Count(ledger.CountOf(info.Mark));
            table.Text(info.Name, info.Weight == MarkWeight.Trouble ? Ink.Red : Ink.Yellow);
            table.EndRow();
            shown++;
        }

        table.Complete();
        if (shown == 0)
        {
            output.WriteLine("nothing"u8);
        }
    }

    private void Talkers(Utf8Writer output, TerminalStyle room)
    {
        var table = new TableWriter(
            output, room,
            [
                new Column("Originator") { Cut = Cut.End, MinWidth = 13 }, new Column("Responder") { Cut = Cut.End, MinWidth = 13 },
                new Column("Rate") { Align = Align.Right }, new Column("Octets") { Align = Align.Right, Priority = 1 },
                new Column("States") { Priority = 2 }, new Column("Marks") { Cut = Cut.End, Priority = 3 },
            ],
            TableWriter.WholeTable);
        foreach ((LiveConnection connection, long octets) in ledger.Busiest(TalkerRows))
        {
            WriteEndpoint(table, connection.Originator);
            WriteEndpoint(table, connection.Responder);
            table.Cell.WriteBitRate((ulong)(octets / Math.Max(since.TotalSeconds, 0.001)));
            table.EndAscii();
            table.Cell.WriteSize((ulong)connection.Octets);
            table.EndAscii();
            table.Text($"{Name(connection.States.Originator)} / {Name(connection.States.Responder)}");
            table.Text(Troubles(connection.Marks), Ink.Yellow);
            table.EndRow();
        }

        table.Complete();
    }

    private static void WriteEndpoint(TableWriter table, Endpoint endpoint)
    {
        table.Cell.WriteEndpoint(endpoint, endpoint.Address.IsV4Mapped ? IpFamily.V4 : IpFamily.V6);
        table.EndAscii();
    }

    private static string Troubles(SegmentMarks marks)
        => string.Join(", ", MarkCatalog.All.Where(info => info.Weight == MarkWeight.Trouble && (info.Mark & marks) != SegmentMarks.None).Select(static info => info.Name));

    /// <summary>~ESTAB is inferred, ? unknown, as in the ladder of analyze.</summary>
    private static string Name(EndState state) => state.Certainty switch
    {
        Certainty.Unknown => "?",
        Certainty.Inferred => "~" + NameOf(state.State),
        Certainty.Seen => NameOf(state.State),
    };

    /// <summary>As ss writes it; but its UNCONN is, as the end of a connection, CLOSED.</summary>
    private static string NameOf(TcpState state) => state.Name(state == TcpState.Closed ? StateSpelling.Rfc : StateSpelling.Ss);
}
