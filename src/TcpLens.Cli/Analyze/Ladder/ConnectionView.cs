using TcpLens.Capture;

namespace TcpLens.Cli;

/// <summary>--connection N.</summary>
internal sealed class ConnectionView : IAnalyzeView
{
    /// <summary>Segments when nobody says how many.</summary>
    private const int Usual = 1000;

    private readonly Session _session;
    private readonly AnalyzeChoice _choice;
    private readonly SegmentKeeper _kept;

    public ConnectionView(Session session, AnalyzeChoice choice)
    {
        (_session, _choice) = (session, choice);
        _kept = new SegmentKeeper(choice.Number, (int)Math.Min(choice.Limit ?? Usual, 10_000_000));
    }

    public IConnectionSink Sink => _kept;

    public bool IsDone => _kept.IsDone;

    public void Complete(CaptureAccount account)
    {
        if (_kept.Record is not { } record)
        {
            throw AnalyzeViews.NoSuchConnection(_choice.Number, _kept.Connections, account);
        }

        if (_session.Json)
        {
            ConnectionDetailJson.Write(_session.Output, record, _kept);
        }
        else
        {
            new ConnectionPage(record, _kept, _session.Style, _choice.IsRaw).WriteTo(_session.Output);
        }
    }
}
