using TcpLens.Capture;

namespace TcpLens.Cli;

/// <summary>One way to look at a capture: takes what the analysis finds, and shows it at the end.</summary>
internal interface IAnalyzeView
{
    IConnectionSink Sink { get; }

    /// <summary>True when the rest of the capture is of no interest.</summary>
    bool IsDone { get; }

    /// <summary>Every connection has been given to the sink.</summary>
    void Complete(CaptureAccount account);
}

/// <summary>A view that can be shown while connections go on.</summary>
internal interface IGrowingView : IAnalyzeView
{
    /// <summary>Shows what there is.</summary>
    /// <param name="account">What the files hold so far.</param>
    /// <param name="survey">Gives the records, so far, of the connections that go on.</param>
    void Show(CaptureAccount account, Action<Action<Observation.ConnectionRecord>> survey);
}
