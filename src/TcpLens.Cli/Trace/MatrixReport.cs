using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Counts of changes, as a block of text or one JSON object.</summary>
internal sealed class MatrixReport(Utf8Writer output, TerminalStyle style, TimeZoneInfo zone, string? jsonHost)
{
    private const int BarCells = 16;

    private bool _isFirst = true;

    public void Show(MatrixBlock block)
    {
        if (jsonHost is not null)
        {
            MatrixJson.Write(output, jsonHost, block);
            return;
        }

        if (!_isFirst)
        {
            output.WriteLine();
        }

        _isFirst = false;
        WriteTitle(block);
        if (block.Counts.Total > 0)
        {
            WritePairs(block);
            output.WriteLine();
            WriteTimes(block.Counts);
        }
    }

    private void WriteTitle(MatrixBlock block)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(block.At, zone);
        var title = new MemoryWriter();
        title.WriteText($"{local:HH:mm:ss}  ");
        title.WriteCount((long)block.Counts.Total);
        title.Write(block.Counts.Total == 1 ? " change of state in "u8 : " changes of state in "u8);
        title.WriteDuration((ulong)block.Elapsed.TotalMicroseconds);
        title.Write(block.IsTotal ? ", all in all"u8 : default);
        style.Write(output, Ink.Bold, title.Written);
        if (block.Missed > 0)
        {
            output.Write("; "u8);
            output.WriteCount((long)block.Missed);
            output.Write(" were not counted"u8);
        }

        output.WriteLine();
    }

    private void WritePairs(MatrixBlock block)
    {
        var table = new TableWriter(
            output, style,
            [new Column("OLD"), new Column("-> NEW"), new Column("COUNT") { Align = Align.Right }, new Column("RATE") { Align = Align.Right }, new Column("") { Cut = Cut.End, Priority = 1 }],
            TableWriter.WholeTable);
        long largest = 0;
        foreach ((TcpState from, TcpState to) in Pairs(block.Counts))
        {
            largest = Math.Max(largest, (long)block.Counts[from, to]);
        }

        foreach ((TcpState from, TcpState to) in Pairs(block.Counts))
        {
            long count = (long)block.Counts[from, to];
            table.Word(TraceStates.NameOf(from));
            table.Cell.Write("-> "u8);
            table.Cell.Write(TraceStates.NameOf(to));
            table.EndAscii(SocketColumn.InkOf(to));
            WriteCount(table, count);
            int length = Units.FormatRate(table.Cell.GetSpan(Units.MaxLength), count, (ulong)block.Elapsed.TotalMicroseconds);
            table.Cell.Advance(length);
            table.EndAscii();
            WriteRemark(table, from, to, count, largest);
            table.EndRow();
        }

        table.Complete();
    }

    /// <summary>A pair that the table of transitions lacks is said to be so, never hidden; others have a bar where somebody looks.</summary>
    private void WriteRemark(TableWriter table, TcpState from, TcpState to, long count, long largest)
    {
        if (LinuxStateChanges.OriginOf(from, to) == StateChangeOrigin.Unknown)
        {
            table.Word("not in the transition table"u8, Ink.Red);
        }
        else if (style.Columns is not null)
        {
            table.Bar(Bars.Linear(count, largest), BarCells, Ink.Dim);
        }
    }

    private void WriteTimes(TransitionCounts counts)
    {
        var table = new TableWriter(
            output, style,
            [
                new Column("TIME IN"), new Column("SEEN") { Align = Align.Right }, new Column("MEAN") { Align = Align.Right }, new Column("P50") { Align = Align.Right },
                new Column("P90") { Align = Align.Right }, new Column("P99") { Align = Align.Right }, new Column(TimeBars.Scale) { Priority = 1 },
            ],
            TableWriter.WholeTable);
        foreach (TcpState state in LifeOrder.States)
        {
            var times = new StateTimes(counts, state);
            if (times.Count == 0)
            {
                continue;
            }

            table.Word(TraceStates.NameOf(state), SocketColumn.InkOf(state));
            WriteCount(table, (long)times.Count);
            WriteTime(table, times.Mean);
            WriteTime(table, times.Quantile(0.5));
            WriteTime(table, times.Quantile(0.9));
            WriteTime(table, times.Quantile(0.99));
            TimeBars.Write(table.Cell, counts, state, style.Unicode);
            table.EndCell();
            table.EndRow();
        }

        table.Complete();
    }

    /// <summary>A program gets digits alone.</summary>
    private void WriteCount(TableWriter table, long count)
    {
        if (style.Columns is null)
        {
            table.Number(count);
        }
        else
        {
            table.Count(count);
        }
    }

    private static void WriteTime(TableWriter table, ulong? nanoseconds)
    {
        table.Cell.WriteDuration((nanoseconds ?? 0) / 1000);
        table.EndAscii();
    }

    /// <summary>Pairs that came, in the order in which a connection meets the states.</summary>
    internal static List<(TcpState From, TcpState To)> Pairs(TransitionCounts counts)
    {
        List<(TcpState, TcpState)> pairs = [];
        foreach (TcpState from in LifeOrder.States)
        {
            foreach (TcpState to in LifeOrder.States)
            {
                if (counts[from, to] > 0)
                {
                    pairs.Add((from, to));
                }
            }
        }

        return pairs;
    }
}
