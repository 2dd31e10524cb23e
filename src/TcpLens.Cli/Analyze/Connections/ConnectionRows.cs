using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Observation.Filters;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Connections of a capture as rows.</summary>
internal sealed class ConnectionRows(Utf8Writer output, TerminalStyle style, bool hasHeader, int sampleRows = 256)
{
    private readonly TableWriter _table = new(
        output, style,
        [
            Right("#"),
            new Column("Originator") { Cut = Cut.End, MinWidth = 21 },
            new Column("Responder") { Cut = Cut.End, MinWidth = 21 },
            new Column("Start") { Priority = 6 },
            new Column("Took") { Align = Align.Right, Priority = 3 },
            new Column("Outcome") { Cut = Cut.End, MinWidth = 10 },
            new Column("Sent") { Align = Align.Right, Priority = 1 },
            new Column("Received") { Align = Align.Right, Priority = 1 },
            new Column("Pkts") { Align = Align.Right, Priority = 5 },
            new Column("Pkts back") { Align = Align.Right, Priority = 5 },
            new Column("Retr") { Align = Align.Right, Priority = 2 },
            new Column("RTT") { Align = Align.Right, Priority = 4 },
            new Column("History") { Cut = Cut.End, Priority = 7 },
        ],
        sampleRows)
    {
        HasHeader = hasHeader,
    };

    public void Add(ConnectionRecord record)
    {
        _table.Number(record.Number, Ink.Dim);
        Endpoint(record.Originator);
        Endpoint(record.Responder);
        CaptureTime.WriteOfDay(_table.Cell, record.FirstSeen);
        _table.EndAscii(Ink.Dim);
        _table.Cell.WriteDuration(Microseconds(record.Duration));
        _table.EndAscii();
        _table.Text(record.Outcome.Words(), OutcomeInk.Of(record.Outcome));
        Count(record.FromOriginator.PayloadOctets);
        Count(record.FromResponder.PayloadOctets);
        Count(record.FromOriginator.Packets);
        Count(record.FromResponder.Packets);
        long again = (long)(record.ValueOf(ConnectionField.Retrans) ?? 0);
        Count(again, again > 0 ? Ink.Yellow : Ink.Dim);
        if (record.TypicalRtt is { } rtt)
        {
            _table.Cell.WriteDuration(Microseconds(rtt));
            _table.EndAscii();
        }
        else
        {
            _table.Unknown();
        }

        _table.Text(record.History, Ink.Dim);
        _table.EndRow();
    }

    public void Complete() => _table.Complete();

    /// <summary>Commas are for people; a program that reads a pipe would stumble over them.</summary>
    private void Count(long count, Ink ink = Ink.Normal)
    {
        if (style.Columns is null)
        {
            _table.Number(count, ink);
        }
        else
        {
            _table.Count(count, ink);
        }
    }

    private void Endpoint(in Endpoint endpoint)
    {
        _table.Cell.WriteEndpoint(endpoint, endpoint.Address.IsV4Mapped ? IpFamily.V4 : IpFamily.V6);
        _table.EndAscii();
    }

    private static ulong Microseconds(TimeSpan time) => (ulong)Math.Max(0, time.Ticks / TimeSpan.TicksPerMicrosecond);

    private static Column Right(string title) => new(title) { Align = Align.Right };
}
