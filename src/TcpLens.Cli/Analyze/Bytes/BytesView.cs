using TcpLens.Capture;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>--follow N: what the two ends of a connection said to each other.</summary>
internal sealed class BytesView : IAnalyzeView, IConnectionSink, IDisposable
{
    /// <summary>Octets of an end that are shown when nobody says how many; what is written as it is has no limit of its own.</summary>
    private const long Usual = 64 << 10;

    private readonly Session _session;
    private readonly AnalyzeChoice _choice;
    private readonly FileStream? _file;
    private readonly OctetPage? _page;
    private readonly OctetCopy? _copy;
    private readonly StreamAssembler[] _ends;
    private ConnectionRecord? _record;
    private long _connections;

    public BytesView(Session session, AnalyzeChoice choice)
    {
        (_session, _choice) = (session, choice);
        if (choice is { IsRaw: true, Output: null } && session.Style.Columns is not null)
        {
            throw new UsageException("--raw would let the capture steer this terminal: send it to a file with -o FILE, or into a pipe");
        }

        _file = choice.Output is { } path ? new FileStream(path, FileMode.Create, FileAccess.Write) : null;
        IStreamTaker taker = choice.IsRaw || _file is not null
            ? _copy = new OctetCopy(choice.End!.Value, _file, session.Output, choice.Limit ?? long.MaxValue)
            : _page = new OctetPage(session.Output, session.Style, choice.End, choice.Limit ?? Usual);
        _ends = [new(ConnectionEnd.Originator, taker), new(ConnectionEnd.Responder, taker)];
    }

    public IConnectionSink Sink => this;

    public bool IsDone => _record is not null;

    public bool Wants(long connection)
    {
        _connections = Math.Max(_connections, connection);
        return connection == _choice.Number;
    }

    public void Saw(in CapturedSegment segment, ReadOnlySpan<byte> payload, in SegmentVerdict verdict)
    {
        _page?.Begin(segment, verdict.Sender);
        if (segment.Has(ControlBits.Ack))
        {
            _ends[(int)verdict.Sender.Other].Acknowledged(verdict.RelativeAcknowledgment);
        }

        _ends[(int)verdict.Sender].Take(in segment, payload, verdict.RelativeSequence);
    }

    public void Ended(ConnectionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Number == _choice.Number)
        {
            _record = record;
        }
    }

    public void Complete(CaptureAccount account)
    {
        if (_record is null)
        {
            throw AnalyzeViews.NoSuchConnection(_choice.Number, _connections, account);
        }

        foreach (StreamAssembler end in _ends)
        {
            end.Complete();
        }

        _page?.Complete();
        _session.Output.Flush();
        if (_copy is { } copy)
        {
            Account(copy);
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Account(OctetCopy copy)
    {
        if (copy.Missing > 0)
        {
            _session.Error.Warning($"{copy.Missing:N0} octets of its stream were not captured, and are left out");
        }

        if (copy.LeftOut > 0)
        {
            _session.Error.Warning($"{copy.LeftOut:N0} octets more than --limit are left out");
        }

        _session.Error.Note($"{copy.Written:N0} octets of the {ConnectionJson.NameOf(_choice.End!.Value)}");
    }
}
