using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>A glance on one screen: what is normal is dim, what is not is lit, and the judgement stands last, where the eye ends.</summary>
internal sealed class GlancePage(Glance glance, IReadOnlyList<Remark> remarks, TerminalStyle style)
{
    /// <summary>Rows of a list: fewer where the sections stand one below the other, so that a screen still holds most of them.</summary>
    private readonly int _rows = style.Columns < Page.TwoColumnsFrom ? 3 : 6;
    private const int BarCells = 24;

    public void WriteTo(Utf8Writer output)
    {
        MachineSnapshot snapshot = glance.Snapshot;
        string place = snapshot.Namespace.IsOwn ? "" : $", namespace {snapshot.Namespace.DisplayName}";
        style.Write(output, Ink.Bold, "TcpLens  "u8);
        Prose.Write(
            output, $"{snapshot.HostName}{place}, Linux {snapshot.Settings.KernelRelease}, {snapshot.TakenAt:yyyy-MM-dd HH:mm:ss} UTC",
            style.Columns, indent: 2, position: "TcpLens  ".Length);
        output.WriteLine();

        var page = new Page(style);
        page.Add(PageSide.Left, "States", snapshot.Total.Total == 1 ? "1 socket" : $"{snapshot.Total.Total:N0} sockets", States);
        page.Add(PageSide.Right, "Listeners", ListenerRemark(), Listeners);
        page.Add(PageSide.Right, "Processes", "most sockets", (writer, room) => Names(writer, room, glance.Processes, "Process", withTimeWait: false));
        page.Add(PageSide.Left, "Remotes", "most sockets", (writer, room) => Names(writer, room, glance.Remotes, "Address", withTimeWait: true));
        page.Add(PageSide.Left, "Local ports", glance.UsablePorts > 0 ? $"{glance.UsablePorts:N0} to choose from per destination" : "range unknown", Ports);
        page.Add(PageSide.Right, "Counters that moved", $"in {glance.Moved.Elapsed.TotalSeconds:0.0} s, this namespace", Counters);
        page.Add(PageSide.Both, "Judgement", "", Judgements);
        page.WriteTo(output);
    }

    private void States(Utf8Writer writer, TerminalStyle room)
    {
        var table = new TableWriter(
            writer, room,
            [Left("State"), Right("IPv4"), Right("IPv6"), BarColumn],
            TableWriter.WholeTable);
        long largest = 0;
        foreach (TcpState state in LifeOrder.States)
        {
            largest = Math.Max(largest, glance[state]);
        }

        foreach (TcpState state in LifeOrder.States)
        {
            Ink ink = InkOf(state, glance[state]);
            table.Word(TcpStateNames.Utf8Name(state, StateSpelling.Ss), ink);
            table.Count(glance.Snapshot.V4[state], glance.Snapshot.V4[state] == 0 ? Ink.Dim : ink);
            table.Count(glance.Snapshot.V6[state], glance.Snapshot.V6[state] == 0 ? Ink.Dim : ink);
            table.Bar(Bars.Logarithmic(glance[state], largest), BarCells, ink);
            table.EndRow();
        }

        table.Complete();
    }

    private string ListenerRemark() => glance.Unaccepted switch
    {
        0 => $"{glance.Listeners.Count:N0}",
        var waiting => $"{glance.Listeners.Count:N0}; connections not accepted yet: {waiting:N0}",
    };

    private void Listeners(Utf8Writer writer, TerminalStyle room)
    {
        if (glance.Listeners.Count == 0)
        {
            writer.WriteLine("none"u8);
            return;
        }

        var table = new TableWriter(
            writer, room,
            [new Column("Address:Port") { Cut = Cut.End, MinWidth = 8 }, Right("Queue"), Right("Drops"), new Column("Process") { Cut = Cut.End, Priority = 1 }],
            TableWriter.WholeTable);
        foreach (ListenerPressure listener in glance.Listeners.Take(_rows))
        {
            SocketEntry entry = listener.Now.Entry;
            Ink ink = listener.Now.QueueShare > 1 ? Ink.BoldRed : listener.Now.QueueShare >= GlanceJudge.NearLimit && entry.ReceiveQueue > 1 ? Ink.BoldYellow : Ink.Normal;
            table.Cell.WriteEndpoint(entry.Local, entry.Family, entry is { Family: IpFamily.V6, IsV6Only: false });
            table.EndCell(ink);
            table.Cell.WriteNumber((long)entry.ReceiveQueue);
            table.Cell.Write((byte)'/');
            table.Cell.WriteNumber((long)entry.SendQueue);
            table.EndCell(ink);
            WriteDrops(table, listener);
            table.Text(listener.Owner);
            table.EndRow();
        }

        table.Complete();
        More(writer, room, glance.Listeners.Count, _rows);
    }

    private static void WriteDrops(TableWriter table, ListenerPressure listener)
    {
        if (listener.Now.Drops is not { } drops)
        {
            table.Unknown();
            return;
        }

        table.Cell.WriteCount(drops);
        if (listener.DroppedMeanwhile is > 0 and { } recently)
        {
            table.Cell.Write(" (+"u8);
            table.Cell.WriteNumber(recently);
            table.Cell.Write((byte)')');
        }

        table.EndCell(listener.DroppedMeanwhile > 0 ? Ink.BoldRed : drops == 0 ? Ink.Dim : Ink.Normal);
    }

    /// <summary>No process holds a socket in TIME_WAIT: there the column would hold nothing but zeros.</summary>
    private void Names(Utf8Writer writer, TerminalStyle room, IReadOnlyList<NamedCount> names, string title, bool withTimeWait)
    {
        if (names.Count == 0)
        {
            writer.WriteLine("none"u8);
            return;
        }

        var table = new TableWriter(
            writer, room,
            [new Column(title) { Cut = Cut.End, MinWidth = 8 }, Right("Sockets"), Right("Estab"), Right("Close-wait"), .. withTimeWait ? (Column[])[Right("Time-wait")] : []],
            TableWriter.WholeTable);
        foreach (NamedCount name in names.Take(_rows))
        {
            table.Text(name.Name);
            table.Count(name.Total);
            Count(table, name.Counts[TcpState.Established], Ink.Normal);
            Count(table, name.Counts[TcpState.CloseWait], name.Counts[TcpState.CloseWait] >= GlanceJudge.ManyFleeting ? Ink.BoldYellow : Ink.Normal);
            if (withTimeWait)
            {
                Count(table, name.Counts[TcpState.TimeWait], Ink.Normal);
            }

            table.EndRow();
        }

        table.Complete();
    }

    private void Ports(Utf8Writer writer, TerminalStyle room)
    {
        if (glance.Ports.Count == 0)
        {
            writer.WriteLine("no outgoing connections"u8);
            return;
        }

        var table = new TableWriter(
            writer, room,
            [new Column("Source > destination") { Cut = Cut.End, MinWidth = 30 }, Right("Used"), Right("Share"), BarColumn],
            TableWriter.WholeTable);
        foreach (PortUse use in glance.Ports.Take(Math.Min(4, _rows)))
        {
            double share = glance.UsablePorts == 0 ? 0 : (double)use.Used / glance.UsablePorts;
            Ink ink = share >= GlanceJudge.AtLimit ? Ink.BoldRed : share >= GlanceJudge.NearLimit ? Ink.BoldYellow : Ink.Normal;
            table.Text($"{use.Source} > {use.Destination}");
            table.Count(use.Used, ink);
            table.Cell.WriteText($"{share * 100:0.0}%");
            table.EndCell(ink);
            table.Bar(share, BarCells / 2, ink);
            table.EndRow();
        }

        table.Complete();
    }

    private void Counters(Utf8Writer writer, TerminalStyle room)
    {
        List<CounterChange> moved = [.. glance.Moved.Moved().Where(static change => TroubleCounters.IsShown(change.Name.Text))];
        if (moved.Count == 0)
        {
            writer.WriteLine("none of TCP's"u8);
            return;
        }

        moved.Sort(static (left, right) => TroubleCounters.IsTrouble(right.Name.Text).CompareTo(TroubleCounters.IsTrouble(left.Name.Text)));
        var table = new TableWriter(writer, room, [Left("Counter"), Right("Change"), Right("Per second")], TableWriter.WholeTable);
        foreach (CounterChange change in moved.Take(_rows + 4))
        {
            Ink ink = TroubleCounters.IsTrouble(change.Name.Text) ? Ink.Yellow : Ink.Dim;
            table.Text(change.Name.Text, ink);
            table.Cell.WriteText($"{change.Change:+#,0;-#,0}");
            table.EndCell(ink);
            table.Cell.WriteText($"{change.PerSecond:#,0.0}");
            table.EndCell(ink);
            table.EndRow();
        }

        table.Complete();
        More(writer, room, moved.Count, _rows + 4);
    }

    private void Judgements(Utf8Writer writer, TerminalStyle room)
    {
        foreach (Remark remark in remarks)
        {
            Judgement.Write(writer, room, remark.Severity, remark.Text);
            room.Write(writer, Ink.Dim, System.Text.Encoding.UTF8.GetBytes("          " + remark.Next));
            writer.WriteLine();
        }

        if (remarks.Count == 0)
        {
            Judgement.Write(writer, room, Severity.Ok, "nothing stands out: queues, local ports, limits, fleeting states, CLOSE_WAIT, retransmissions and drops were looked at");
        }
    }

    /// <summary>Where sockets live long by nature they are dim; where they should be gone at once they are lit.</summary>
    private static Ink InkOf(TcpState state, long count) => state switch
    {
        _ when count == 0 => Ink.Dim,
        TcpState.Listen or TcpState.TimeWait or TcpState.FinWait2 or TcpState.Closed => Ink.Dim,
        TcpState.Established => Ink.Green,
        _ => count >= GlanceJudge.ManyFleeting ? Ink.BoldRed : Ink.Yellow,
    };

    private static void Count(TableWriter table, long count, Ink ink) => table.Count(count, count == 0 ? Ink.Dim : ink);

    private static void More(Utf8Writer writer, TerminalStyle room, int total, int shown)
    {
        if (total > shown)
        {
            room.Write(writer, Ink.Dim, System.Text.Encoding.ASCII.GetBytes($"and {total - shown:N0} more"));
            writer.WriteLine();
        }
    }

    /// <summary>Shrinks before words are cut, and goes when a bar would say nothing any more.</summary>
    private static Column BarColumn => new("") { Cut = Cut.End, MinWidth = 4, Priority = 1 };

    private static Column Left(string title) => new(title);

    private static Column Right(string title) => new(title) { Align = Align.Right };
}
