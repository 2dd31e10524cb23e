using TcpLens.Capture;
using TcpLens.Diagnosis;
using TcpLens.Observation;

namespace TcpLens.Cli;

/// <summary>The overview of a capture, and its findings alone.</summary>
internal sealed class OverviewView(Session session, AnalyzeChoice choice) : IGrowingView
{
    private readonly CaptureOverview _overview = new();

    public IConnectionSink Sink => _overview;

    public bool IsDone => false;

    public void Complete(CaptureAccount account) => Show(account, _overview);

    public void Show(CaptureAccount account, Action<Action<ConnectionRecord>> survey)
    {
        CaptureOverview soFar = _overview.Copy();
        survey(soFar.Ended);
        Show(account, soFar);
    }

    private void Show(CaptureAccount account, CaptureOverview overview)
    {
        CaptureFacts facts = overview.ToFacts();
        IReadOnlyList<Finding> findings = CaptureDoctor.Examine(facts);
        if (session.Json)
        {
            OverviewJson.Write(session.Output, account, overview, facts, findings);
        }
        else if (choice.View == AnalyzeView.Findings)
        {
            new FindingsPage(findings, session.Style).WriteTo(session.Output);
        }
        else
        {
            new OverviewPage(account, overview, facts, findings, session.Style).WriteTo(session.Output);
        }
    }
}
