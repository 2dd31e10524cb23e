using System.Globalization;
using System.Text;
using TcpLens.Capture;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>A capture on one screen: what it holds, how its connections went, what stands out, who talked, and what to doubt.</summary>
internal sealed class OverviewPage(CaptureAccount account, CaptureOverview overview, CaptureFacts facts, IReadOnlyList<Finding> findings, TerminalStyle style)
{
    private const int BarCells = 20;
    private const int TalkersShown = 5;
    private const int DamagesShown = 5;

    public void WriteTo(Utf8Writer output)
    {
        Head(output);
        output.WriteLine();
        var page = new Page(style);
        page.Add(PageSide.Left, "Outcomes", Words.Of(overview.Connections, "connection"), Outcomes);
        if (overview.Connections > 0)
        {
            page.Add(PageSide.Right, "States at the end", "connections by either end", States);
        }

        if (overview.HandshakeRtt.Count > 0)
        {
            page.Add(PageSide.Left, "Handshake round trips", "from SYN to the ACK of the SYN-ACK", Handshakes);
        }

        if (overview.Connections > 0)
        {
            page.Add(PageSide.Left, "Services", "most octets of IP packets", Services);
            page.Add(PageSide.Right, "Talkers", "most octets of IP packets", Talkers);
            page.Add(PageSide.Both, "Anomalies", style.Unicode ? "worst connections as #number × segments" : "worst connections as #number x segments", Anomalies);
        }

        if (ScanSigns.Of(facts).Count > 0)
        {
            page.Add(PageSide.Both, "Signs of floods and scans", "", Signs);
        }

        page.Add(PageSide.Both, "Findings", findings.Count == 0 ? "" : "more: --findings", Findings);
        if (account.Damages > 0 || account.Doubts().Any())
        {
            page.Add(PageSide.Both, "What to doubt", "", Doubts);
        }

        page.WriteTo(output);
    }

    private void Head(Utf8Writer output)
    {
        string name = account.Files.Count == 1 ? (account.Files[0].Name == AnalyzeWords.StandardInput ? "standard input" : account.Files[0].Name) : $"{account.Files.Count} files";
        string when = account.First is { } first ? $" from {CaptureTime.Text(first)}, {CaptureTime.Short(account.Span)} long" : "";
        string others = string.Join(", ", account.Others().Select(static other => $"{other.Count:N0} {other.Name}"));
        string filter = account.PacketFilter is { } text ? $"; filter: {text}" : "";
        style.Write(output, Ink.Bold, "Capture  "u8);
        Prose.Write(
            output,
            $"{name}: {Words.Of(account.Packets, "packet")}, {Size(account.Octets)}{when}; {(account.Formats.Length == 0 ? "" : account.Formats + ", ")}{Links()}{account.Of(PacketKind.Tcp):N0} TCP{(others.Length == 0 ? "" : ", " + others)}{filter}",
            style.Columns, indent: 2, position: "Capture  ".Length);
    }

    /// <summary>"Ethernet, snap length 96, ": where the packets were taken.</summary>
    private string Links()
    {
        CaptureInterface[] interfaces = [.. account.Files.SelectMany(static file => file.Reader.Tally.Interfaces)];
        IEnumerable<string> links = interfaces.Select(static one => one.LinkType.ToString()).Distinct();
        uint[] snaps = [.. interfaces.Select(static one => one.SnapLength).Where(static snap => snap is > 0 and < 65_535).Distinct().Order()];
        string snap = snaps.Length == 0 ? "" : $"snap length {string.Join(", ", snaps)}, ";
        return interfaces.Length == 0 ? "" : $"{string.Join(", ", links)}, {snap}";
    }

    private void Outcomes(Utf8Writer output, TerminalStyle room)
    {
        if (overview.Connections == 0)
        {
            output.WriteLine("no TCP connection"u8);
            return;
        }

        var table = new TableWriter(output, room, [new Column("Outcome"), Right("Conns"), Right("Packets", 2), Right("Payload", 3), BarColumn], TableWriter.WholeTable);
        long most = facts.Outcomes.Values.Max(static sum => sum.Connections);
        foreach (OutcomeSum sum in facts.Outcomes.Values.OrderByDescending(static sum => sum.Connections).ThenBy(static sum => sum.Outcome))
        {
            table.Text(sum.Outcome.Words(), OutcomeInk.Of(sum.Outcome));
            table.Count(sum.Connections);
            table.Count(sum.Packets);
            table.Cell.WriteSize((ulong)sum.PayloadOctets);
            table.EndAscii();
            table.Bar(Bars.Logarithmic(sum.Connections, most), BarCells, OutcomeInk.Of(sum.Outcome));
            table.EndRow();
        }

        table.Complete();
        long midstream = overview.Connections - overview.Begun;
        if (midstream > 0)
        {
            room.Write(output, Ink.Dim, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{midstream:N0} of them ({(double)midstream / overview.Connections:P0}) began before the capture")));
            output.WriteLine();
        }
    }

    private void States(Utf8Writer output, TerminalStyle room)
    {
        var table = new TableWriter(output, room, [new Column("State"), Right("Originator"), Right("Responder"), Right("Inferred", 1)], TableWriter.WholeTable);
        foreach (TcpState state in LifeOrder.States)
        {
            long originators = overview.States.Of(ConnectionEnd.Originator, state), responders = overview.States.Of(ConnectionEnd.Responder, state);
            if (originators + responders == 0)
            {
                continue;
            }

            table.Word(TcpStateNames.Utf8Name(state, StateSpelling.Rfc), SocketColumn.InkOf(state));
            Count(table, originators);
            Count(table, responders);
            Count(table, overview.States.Of(ConnectionEnd.Originator, state, Certainty.Inferred) + overview.States.Of(ConnectionEnd.Responder, state, Certainty.Inferred));
            table.EndRow();
        }

        table.Word("unknown"u8, Ink.Dim);
        Count(table, overview.States.Unknown(ConnectionEnd.Originator));
        Count(table, overview.States.Unknown(ConnectionEnd.Responder));
        table.EndRow();
        table.Complete();
    }

    private string Percentile(double part) => CaptureTime.ShortNanoseconds(overview.HandshakeRtt.Percentile(part));

    private void Handshakes(Utf8Writer output, TerminalStyle room)
    {
        var table = new TableWriter(output, room, [Right("From"), Right("To"), Right("Handshakes"), BarColumn], TableWriter.WholeTable);
        IReadOnlyList<DurationStep> steps = overview.HandshakeRtt.Steps(10);
        long most = steps.Max(static step => step.Count);
        foreach (DurationStep step in steps)
        {
            table.Text(CaptureTime.ShortNanoseconds(step.From));
            table.Text(CaptureTime.ShortNanoseconds(step.To));
            Count(table, step.Count);
            table.Bar(Bars.Linear(step.Count, most), BarCells, Ink.Cyan);
            table.EndRow();
        }

        table.Complete();
        Prose.Write(output, $"half within {Percentile(0.5)}, nine in ten within {Percentile(0.9)}, 99 % within {Percentile(0.99)}, the longest {CaptureTime.ShortNanoseconds(overview.HandshakeRtt.Most)}", room.Columns);
    }

    private void Services(Utf8Writer output, TerminalStyle room)
    {
        TableWriter table = TalkerTable(output, room, "Responder");
        foreach (HeavyHitter<Endpoint, TalkerNote> service in overview.Talkers.Services(TalkersShown))
        {
            Talker(table, service.Key.ToString(), service.Weight, service.Error, service.Note);
        }

        table.Complete();
    }

    private void Talkers(Utf8Writer output, TerminalStyle room)
    {
        TableWriter table = TalkerTable(output, room, "Address");
        foreach (HeavyHitter<HostAddress, TalkerNote> talker in overview.Talkers.ByOctets(TalkersShown))
        {
            Talker(table, talker.Key.ToString(), talker.Weight, talker.Error, talker.Note);
        }

        table.Complete();
        HeavyHitter<HostAddress, TalkerNote> busiest = overview.Talkers.ByConnections(1)[0];
        room.Write(output, Ink.Dim, Encoding.ASCII.GetBytes($"most connections: {busiest.Key} with {About(busiest.Weight, busiest.Error)}"));
        output.WriteLine();
    }

    private static TableWriter TalkerTable(Utf8Writer output, TerminalStyle room, string title)
        => new(output, room, [new Column(title) { Cut = Cut.End, MinWidth = 12 }, Right("Octets"), Right("Packets", 2), Right("Conns", 1)], TableWriter.WholeTable);

    private static void Talker(TableWriter table, string name, long octets, long error, TalkerNote note)
    {
        table.Text(name);
        if (error > 0)
        {
            table.Cell.Write((byte)'~');
        }

        table.Cell.WriteSize((ulong)octets);
        table.EndAscii();
        table.Count(note.Packets);
        table.Count(note.Connections);
        table.EndRow();
    }

    private void Anomalies(Utf8Writer output, TerminalStyle room)
    {
        MarkSum[] ranked = [.. AnomalyOrder.Of(facts)];
        if (ranked.Length == 0)
        {
            room.Write(output, Ink.Green, "none"u8);
            output.WriteLine();
        }

        var table = new TableWriter(output, room, [new Column("Mark"), Right("Segments"), Right("Conns"), new Column("Worst") { Cut = Cut.End, MinWidth = 8, Priority = 1 }], TableWriter.WholeTable);
        foreach (MarkSum sum in ranked)
        {
            MarkInfo info = AnomalyOrder.InfoOf(sum.Mark);
            table.Text(info.Name, info.Weight == MarkWeight.Trouble ? Ink.BoldYellow : Ink.Normal);
            table.Count(sum.Segments);
            table.Count(sum.Connections);
            table.Text(string.Join("  ", sum.Worst.Select(worst => $"#{worst.Number} {(room.Unicode ? '×' : 'x')} {worst.Count:N0}")));
            table.EndRow(Meaning(info, room));
        }

        if (ranked.Length > 0)
        {
            table.Complete();
        }

        Notes(output, room);
    }

    private static ReadOnlySpan<byte> Meaning(MarkInfo info, TerminalStyle room)
    {
        var below = new MemoryWriter();
        var prose = new MemoryWriter();
        Prose.Write(prose, info.Meaning, room.Columns - 2);
        foreach (string line in prose.ToString().TrimEnd('\n').Split('\n'))
        {
            below.WriteSpaces(2);
            room.Write(below, Ink.Dim, Encoding.UTF8.GetBytes(line));
            below.WriteLine();
        }

        return below.Written;
    }

    /// <summary>What healthy connections have too, in one sentence.</summary>
    private void Notes(Utf8Writer output, TerminalStyle room)
    {
        string notes = string.Join(", ", AnomalyOrder.NotesOf(facts).Select(static sum => $"{AnomalyOrder.InfoOf(sum.Mark).Name} {sum.Segments:N0}"));
        if (notes.Length > 0)
        {
            Prose.Write(output, $"and as in healthy connections: {notes}", room.Columns, indent: 2);
        }
    }

    private void Signs(Utf8Writer output, TerminalStyle room)
    {
        foreach (string sign in ScanSigns.Of(facts))
        {
            Prose.Write(output, sign, room.Columns, indent: 2);
        }
    }

    private void Findings(Utf8Writer output, TerminalStyle room)
    {
        foreach (Finding finding in findings)
        {
            Judgement.Write(output, room, finding.Severity, finding.Summary);
        }

        if (findings.Count == 0)
        {
            Judgement.Write(output, room, Severity.Ok, "none of the conditions that a capture can prove");
        }
    }

    private void Doubts(Utf8Writer output, TerminalStyle room)
    {
        foreach (string doubt in account.Doubts())
        {
            Prose.Write(output, doubt, room.Columns, indent: 2);
        }

        foreach ((string file, CaptureDamage damage) in account.AllDamage().Take(DamagesShown))
        {
            string where = account.Files.Count > 1 ? $"{file}, octet" : "octet";
            Prose.Write(output, $"{where} {damage.Offset:N0}, behind packet {damage.Packet:N0}: {damage.Text}", room.Columns, indent: 2);
        }

        if (account.Damages > DamagesShown)
        {
            Prose.Write(output, $"and {account.Damages - DamagesShown:N0} more damages; --json has {Math.Min(account.Damages, CaptureReader.MaxDamages):N0}", room.Columns);
        }
    }

    private static string About(long weight, long error) => error > 0 ? $"about {weight:N0}" : $"{weight:N0}";

    private static string Size(long octets)
    {
        var text = new MemoryWriter();
        text.WriteSize((ulong)octets);
        return text.ToString();
    }

    private static void Count(TableWriter table, long count) => table.Count(count, count == 0 ? Ink.Dim : Ink.Normal);

    private static Column BarColumn => new("") { Cut = Cut.End, MinWidth = 4, Priority = 1 };

    private static Column Right(string title, int priority = 0) => new(title) { Align = Align.Right, Priority = priority };
}
