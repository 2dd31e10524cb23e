using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The keep-alive survey for people: by process or connection by connection, and then what it means.</summary>
internal sealed class KeepAliveView(Session session, LiveMachine machine)
{
    private readonly HolderText _holders = new();

    public void ShowGroups(IEnumerable<KeepAliveGroup> groups)
    {
        var table = new TableWriter(
            session.Output, session.Style,
            [
                new Column("Process") { Cut = Cut.End, MinWidth = 8 }, new Column("Connections") { Align = Align.Right },
                new Column("On") { Align = Align.Right }, new Column("Off") { Align = Align.Right }, new Column("Unknown") { Align = Align.Right },
                new Column("Silent for") { Align = Align.Right, Priority = 1 }, new Column("Dead peer noticed after"),
            ],
            TableWriter.WholeTable);
        foreach (KeepAliveGroup group in groups)
        {
            table.Text(group.Process is { } process ? $"{process.Command}/{process.Pid}" : null);
            table.Number(group.Connections);
            table.Number(group.On);
            table.Number(group.Off, group.Off > 0 ? Ink.Yellow : Ink.Normal);
            table.Number(group.Unknown);
            WriteTime(table, group.LongestSilence);
            WriteNoticed(table, group);
            table.EndRow();
        }

        table.Complete();
    }

    public void ShowEach(IEnumerable<KeepAliveRow> rows)
    {
        var table = new TableWriter(
            session.Output, session.Style,
            [
                new Column("State"), SocketColumn.Local.Shape, SocketColumn.Remote.Shape, new Column("Keep-alive"),
                new Column("Times") { Priority = 1 }, new Column("Silent for") { Align = Align.Right },
                new Column("Next probe") { Align = Align.Right, Priority = 3 }, new Column("Noticed after") { Align = Align.Right },
                SocketColumn.Process.Shape with { Priority = 2 },
            ]);
        foreach (KeepAliveRow row in rows)
        {
            WriteRow(table, row);
        }

        table.Complete();
    }

    public void ShowMeaning(IEnumerable<string> sentences)
    {
        session.Output.WriteLine();
        foreach (string sentence in sentences)
        {
            Prose.Write(session.Output, sentence, session.Style.Columns, indent: 2);
        }
    }

    private void WriteRow(TableWriter table, KeepAliveRow row)
    {
        KeepAliveReading reading = row.Reading;
        table.Word(TcpStateNames.Utf8Name(row.Entry.State, StateSpelling.Ss), SocketColumn.InkOf(row.Entry.State));
        var socket = new ShownSocket(in row.Entry, null, machine, names: null);
        SocketColumn.Local.Write(table, in socket);
        SocketColumn.Remote.Write(table, in socket);
        table.Word(KeepAliveJson.WordOf(reading.State), reading.State == KeepAliveState.Off ? Ink.Yellow : Ink.Normal);
        WriteTimes(table, reading);
        WriteTime(table, reading.Silence);
        WriteTime(table, reading.NextProbe);
        if (reading.State == KeepAliveState.Off)
        {
            table.Word("never"u8, Ink.Yellow);
        }
        else
        {
            WriteTime(table, reading.NoticedAfter);
        }

        _holders.Write(table, machine.HoldersOf(in row.Entry), past: false);
        table.EndRow();
    }

    /// <summary>"60 + 3 x 10 s", with a user timeout behind it; ">= 60 s" where it is inferred.</summary>
    private static void WriteTimes(TableWriter table, KeepAliveReading reading)
    {
        if (reading.State != KeepAliveState.On || (reading.Options is null && reading.FirstProbeAfter is null))
        {
            table.Unknown();
        }
        else if (reading.Options is not { } known)
        {
            table.Text($">= {reading.FirstProbeAfter?.TotalSeconds:0} s");
        }
        else
        {
            string user = known.UserTimeoutMilliseconds > 0 ? $", user timeout {known.UserTimeoutMilliseconds / 1000.0:0.###} s" : "";
            table.Text($"{known.IdleSeconds} + {known.Probes} x {known.IntervalSeconds} s{user}");
        }
    }

    /// <summary>"35s to 2h11m; 3 never": the exact times, else a lower bound, and how many would never notice.</summary>
    private static void WriteNoticed(TableWriter table, KeepAliveGroup group)
    {
        bool hasTime = true;
        if (group.NoticedAfter is (var least, var most))
        {
            WriteDuration(table, least);
            if (most > least)
            {
                table.Cell.Write(" to "u8);
                WriteDuration(table, most);
            }
        }
        else if (group.InferredFirstProbe is { } first)
        {
            table.Cell.Write("more than "u8);
            WriteDuration(table, first);
        }
        else
        {
            hasTime = false;
        }

        if (group.Off > 0)
        {
            table.Cell.Write(hasTime ? "; "u8 : default);
            if (group.Off < group.Connections)
            {
                table.Cell.WriteNumber(group.Off);
                table.Cell.Write((byte)' ');
            }

            table.Cell.Write("never"u8);
        }
        else if (!hasTime)
        {
            table.Unknown();
            return;
        }

        table.EndAscii();
    }

    private static void WriteTime(TableWriter table, TimeSpan? time)
    {
        if (time is { } known)
        {
            WriteDuration(table, known);
            table.EndAscii();
        }
        else
        {
            table.Unknown();
        }
    }

    private static void WriteDuration(TableWriter table, TimeSpan time) => table.Cell.WriteDuration((ulong)time.TotalMicroseconds);
}
