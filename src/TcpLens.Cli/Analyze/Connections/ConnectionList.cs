using TcpLens.Capture;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>
/// The rows of --connections. Rows for people, and sorted ones, are kept, so many as are shown and no more; JSON and CSV without an order
/// go out as connections end.
/// </summary>
internal sealed class ConnectionList : IGrowingView, IConnectionSink, IDisposable
{
    /// <summary>Rows when nobody says how many.</summary>
    public const int Usual = 1000;

    private readonly Session _session;
    private readonly AnalyzeChoice _choice;
    private readonly Largest<ConnectionRecord>? _kept;
    private readonly JsonDocumentWriter? _json;
    private readonly ConnectionCsv? _csv;
    private long _seen;
    private long _matching;

    public ConnectionList(Session session, AnalyzeChoice choice)
    {
        (_session, _choice) = (session, choice);
        _json = session.Json ? new JsonDocumentWriter(session.Output) : null;
        _csv = choice.IsCsv ? new ConnectionCsv(session.Output) : null;
        bool streams = (session.Json || choice.IsCsv) && choice is { Sort: null, Top: null };
        _kept = streams ? null : new(choice.Top ?? Usual);
        _csv?.WriteNames();
    }

    public IConnectionSink Sink => this;

    public bool IsDone => false;

    bool IConnectionSink.Wants(long connection) => false;

    void IConnectionSink.Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
    {
    }

    public void Ended(ConnectionRecord record)
    {
        _seen++;
        if (_choice.Filter?.Matches(record) == false)
        {
            return;
        }

        _matching++;
        if (_kept is null)
        {
            Write(record);
        }
        else
        {
            Offer(_kept, record);
        }
    }

    /// <summary>Writes what was kept, and says what was left out.</summary>
    public void Complete(CaptureAccount account)
    {
        if (_kept is null)
        {
            return;
        }

        List<ConnectionRecord> rows = _kept.Sorted();
        WriteRows(rows);
        _session.Output.Flush();
        Account(rows.Count);
    }

    /// <summary>What was kept and what goes on, in one order; nothing of it stays.</summary>
    public void Show(CaptureAccount account, Action<Action<ConnectionRecord>> survey)
    {
        if (_kept is null)
        {
            return;   // These rows go out as connections end.
        }

        Largest<ConnectionRecord> soFar = _kept.Copy();
        survey(record => Offer(soFar, record));
        WriteRows(soFar.Sorted());
    }

    public void Dispose() => _json?.Dispose();

    private void WriteRows(List<ConnectionRecord> rows)
    {
        if (_json is null && _csv is null)
        {
            var table = new ConnectionRows(_session.Output, _session.Style, _choice.HasHeader);
            rows.ForEach(table.Add);
            table.Complete();
        }
        else
        {
            rows.ForEach(Write);
        }
    }

    private void Offer(Largest<ConnectionRecord> rows, ConnectionRecord record)
    {
        if (_choice.Filter?.Matches(record) != false)
        {
            rows.Offer(record, _choice.Sort is { } sort ? ConnectionOrder.RankOf(record, sort, _choice.SmallestFirst) : -record.Number, record.Number);
        }
    }

    private void Account(int shown)
    {
        if (_matching > shown)
        {
            string order = _choice.Sort is { } sort ? $" by {sort.ToString().ToLowerInvariant()}" : "";
            _session.Error.Hint($"the first {shown:N0} of {_matching:N0} connections{order}; --top N shows more{(_choice.Sort is null && _choice.Top is null ? ", --json and --csv all" : "")}");
        }
        else if (shown == 0)
        {
            _session.Error.Hint(_seen == 0 ? "there is no TCP connection in it" : $"none of {_seen:N0} connections matches");
        }
    }

    private void Write(ConnectionRecord record)
    {
        if (_json is not null)
        {
            ConnectionJson.WriteLine(_json, record);
        }
        else
        {
            _csv!.Write(record);
        }
    }
}
