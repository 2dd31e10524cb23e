using TcpLens.Capture;
using TcpLens.Diagnosis;

namespace TcpLens.Cli;

/// <summary>--report FILE: another view, and beside it a page for a browser.</summary>
/// <param name="session">Told where the page is.</param>
/// <param name="shown">The view on the terminal.</param>
/// <param name="material">What the page is made of.</param>
/// <param name="path">Where the page goes.</param>
/// <param name="readAgain">Reads the capture a second time, into a sink.</param>
internal sealed class ReportView(Session session, IAnalyzeView shown, ReportMaterial material, string path, Action<IConnectionSink> readAgain) : IAnalyzeView
{
    public IConnectionSink Sink { get; } = new SinkPair(shown.Sink, material);

    /// <summary>The page is about the whole capture.</summary>
    public bool IsDone => false;

    public void Complete(CaptureAccount account)
    {
        shown.Complete(account);
        session.Output.Flush();
        if (!account.WasInterrupted && material.SecondReading() is { } pictures)
        {
            readAgain(pictures);
        }

        CaptureReport.Write(path, account, material, CaptureDoctor.Examine(material.Overview.ToFacts()));
        session.Error.Hint($"the report is in {path}");
    }
}
