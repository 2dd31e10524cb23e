using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>The end of a capture in words: what was captured, what was lost, and the connections.</summary>
internal static class CaptureEnding
{
    public static void Write(Session session, CaptureSummary summary, LiveLedger ledger, bool withRows)
    {
        Utf8Writer output = session.Output;
        WriteCounts(output, summary);
        CaptureFacts facts = ledger.Overview.ToFacts();
        if (facts.Connections == 0)
        {
            return;
        }

        output.WriteLine();
        WriteOutcomes(output, session.Style, facts);
        WriteMarks(output, session.Style, facts);
        if (withRows)
        {
            output.WriteLine();
            var table = new ConnectionRows(output, session.Style, hasHeader: true, TableWriter.WholeTable);
            ledger.Rows().ForEach(table.Add);
            table.Complete();
        }
    }

    /// <summary>What is missing, and what would have helped: on standard error, as it is about the answer and no part of it.</summary>
    public static void Warn(Session session, CaptureSummary summary)
    {
        if (summary.Counts.DroppedByKernel > 0)
        {
            session.Error.Warning($"{summary.Counts.DroppedByKernel:N0} packets are missing: the kernel had no room for them; a larger --buffer, --headers-only or a narrower filter helps");
        }

        if (summary.Counts.DroppedByInterface > 0)
        {
            session.Error.Warning($"{summary.Counts.DroppedByInterface:N0} packets were lost by {summary.Interface} itself, before anybody could capture them");
        }

        if (summary.Unseen > 0)
        {
            session.Error.Warning($"{summary.Unseen:N0} captured packets were not looked at, as there was no time{(summary.Store is null ? "" : "; they are in the file: tcplens analyze sees them all")}");
        }

        if (summary.Evicted > 0)
        {
            session.Error.Warning($"{summary.Evicted:N0} connections were given up to make room for others");
        }
    }

    public static void WriteCounts(Utf8Writer output, CaptureSummary summary)
    {
        output.WriteCount(summary.Packets);
        output.WriteText($" {(summary.Packets == 1 ? "packet" : "packets")} on {summary.Interface} in ");
        output.WriteDuration((ulong)summary.Elapsed.TotalMicroseconds);
        output.Write(", "u8);
        output.WriteSize((ulong)summary.Octets);
        output.Write(summary.Counts.DroppedByKernel == 0 ? "; none lost\n"u8 : "; "u8);
        if (summary.Counts.DroppedByKernel > 0)
        {
            output.WriteCount(summary.Counts.DroppedByKernel);
            output.WriteLine(" lost by the kernel"u8);
        }

        if (summary.Firings is { } firings)
        {
            WriteFirings(output, firings);
        }

        if (summary.Store is { } store)
        {
            WriteFiles(output, store);
        }
    }

    private static void WriteFirings(Utf8Writer output, IReadOnlyList<Firing> firings)
    {
        foreach (Firing firing in firings)
        {
            output.WriteText($"{CaptureTime.Text(new(firing.AtNanoseconds))}: {firing.Reason}");
            output.WriteLine();
        }

        if (firings.Count == 0)
        {
            output.WriteLine("the trigger did not fire; no file was written"u8);
        }
    }

    private static void WriteFiles(Utf8Writer output, IPacketStore store)
    {
        IReadOnlyList<string> paths = store.Paths;
        if (paths.Count == 0)
        {
            return;
        }

        output.WriteText(paths.Count == 1 ? paths[0] : $"{paths[0]} to {Path.GetFileName(paths[^1])}");
        output.Write(paths.Count == 1 ? " has "u8 : " have "u8);
        output.WriteCount(store.PacketsKept);
        output.WriteLine(store.PacketsKept == 1 ? " packet"u8 : " packets"u8);
    }

    private static void WriteOutcomes(Utf8Writer output, TerminalStyle style, CaptureFacts facts)
    {
        var table = new TableWriter(output, style, [new Column("Connections") { Align = Align.Right }, new Column("Outcome"), new Column("")], TableWriter.WholeTable);
        long most = facts.Outcomes.Values.Max(static sum => sum.Connections);
        foreach (OutcomeSum sum in facts.Outcomes.Values.OrderByDescending(static sum => sum.Connections))
        {
            table.Count(sum.Connections);
            table.Text(sum.Outcome.Words(), OutcomeInk.Of(sum.Outcome));
            table.Bar(Bars.Logarithmic(sum.Connections, most), 30, Ink.Dim);
            table.EndRow();
        }

        table.Complete();
    }

    private static void WriteMarks(Utf8Writer output, TerminalStyle style, CaptureFacts facts)
    {
        MarkSum[] sums = [.. facts.Marks.Values.Where(static sum => sum.Mark.Weight != MarkWeight.Note).OrderByDescending(static sum => sum.Segments)];
        if (sums.Length == 0)
        {
            return;
        }

        output.WriteLine();
        var table = new TableWriter(output, style, [new Column("Segments") { Align = Align.Right }, new Column("Connections") { Align = Align.Right }, new Column("Mark")], TableWriter.WholeTable);
        foreach (MarkSum sum in sums)
        {
            table.Count(sum.Segments);
            table.Count(sum.Connections);
            table.Text(sum.Mark.Name, sum.Mark.Weight == MarkWeight.Trouble ? Ink.Yellow : Ink.Normal);
            table.EndRow();
        }

        table.Complete();
    }
}
