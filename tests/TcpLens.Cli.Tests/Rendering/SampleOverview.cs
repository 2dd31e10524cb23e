using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;

namespace TcpLens.Cli.Tests.Rendering;

/// <summary>An overview of a made-up machine, to see the building blocks at work.</summary>
internal static class SampleOverview
{
    private static readonly (string State, long V4, long V6, Ink Ink)[] States =
    [
        ("LISTEN", 23, 14, Ink.Dim),
        ("SYN-SENT", 2, 0, Ink.Normal),
        ("SYN-RECV", 0, 0, Ink.Dim),
        ("ESTABLISHED", 101_982, 3_177, Ink.Normal),
        ("FIN-WAIT-1", 41, 0, Ink.Normal),
        ("FIN-WAIT-2", 118, 3, Ink.Normal),
        ("CLOSE-WAIT", 1_204, 9, Ink.BoldYellow),
        ("CLOSING", 0, 0, Ink.Dim),
        ("LAST-ACK", 7, 0, Ink.Normal),
        ("TIME-WAIT", 7_318, 220, Ink.Dim),
        ("CLOSED", 0, 0, Ink.Dim),
    ];

    public static Page Build(TerminalStyle style)
    {
        var page = new Page(style);
        page.Add(PageSide.Left, "States", "114,118 sockets", WriteStates);
        page.Add(PageSide.Right, "Listeners", "37, 1 under pressure", WriteListeners);
        page.Add(PageSide.Right, "Processes", "by sockets", WriteProcesses);
        page.Add(PageSide.Both, "Judgement", "", WriteJudgement);
        return page;
    }

    private static void WriteStates(Utf8Writer output, TerminalStyle style)
    {
        var table = new TableWriter(output, style, [
            new("State"),
            new("Count") { Align = Align.Right },
            new("") { Cut = Cut.End, MinWidth = 4, Priority = 2 },
            new("IPv4") { Align = Align.Right, Priority = 3 },
            new("IPv6") { Align = Align.Right, Priority = 3 }], TableWriter.WholeTable);
        foreach ((string state, long v4, long v6, Ink ink) in States)
        {
            table.Text(state, ink);
            table.Count(v4 + v6, ink);
            table.Bar(Bars.Logarithmic(v4 + v6, 105_159), 16, ink);
            table.Count(v4, Ink.Dim);
            table.Count(v6, Ink.Dim);
            table.EndRow();
        }

        table.Complete();
    }

    private static void WriteListeners(Utf8Writer output, TerminalStyle style)
    {
        var table = new TableWriter(output, style, [
            new("Local") { Cut = Cut.End, MinWidth = 10 },
            new("Queue") { Align = Align.Right },
            new("") { Cut = Cut.End, MinWidth = 3, Priority = 2 },
            new("Process") { Cut = Cut.End, Priority = 1 }], TableWriter.WholeTable);
        Row("*:443", 4096, 4096, "nginx");
        Row("127.0.0.1:5432", 3, 244, "postgres");
        Row("[2001:db8:1234:5678:9abc:def0:1234:5678]:8080", 0, 128, "java\e]0;hello\a");
        table.Complete();

        void Row(string local, long queue, long limit, string process)
        {
            Ink ink = queue >= limit ? Ink.BoldRed : Ink.Normal;
            table.Text(local);
            table.Cell.WriteCount(queue);
            table.Cell.Write("/"u8);
            table.Cell.WriteCount(limit);
            table.EndCell(ink);
            table.Bar(Bars.Linear(queue, limit), 10, ink);
            table.Text(process);
            table.EndRow();
        }
    }

    private static void WriteProcesses(Utf8Writer output, TerminalStyle style)
    {
        var table = new TableWriter(output, style, [
            new("Process") { Cut = Cut.End },
            new("PID") { Align = Align.Right, Priority = 1 },
            new("Sockets") { Align = Align.Right }], TableWriter.WholeTable);
        foreach ((string name, long pid, long count) in new[] { ("nginx", 812L, 98_211L), ("東京-proxy", 4_311, 5_120), ("sshd", 77, 2) })
        {
            table.Text(name);
            table.Number(pid, Ink.Dim);
            table.Count(count);
            table.EndRow();
        }

        table.Complete();
    }

    private static void WriteJudgement(Utf8Writer output, TerminalStyle style)
    {
        Judgement.Write(output, style, Severity.Critical, "the accept queue of *:443 (nginx) is full: 4,096 of 4,096, and 1,318 handshakes were dropped in the last second");
        Judgement.Write(output, style, Severity.Warning, "1,213 sockets are in CLOSE-WAIT: java (pid 4311) does not close what its peers have closed");
        Judgement.Write(output, style, Severity.Ok, "ports: at most 4 % of the local range is in use towards one destination");
    }
}
