using TcpLens.Capture;

namespace TcpLens.Cli;

/// <summary>Keeps the segments of the connections that a report shows in full.</summary>
internal interface IPictureSink : IConnectionSink
{
    /// <summary>In the order of the report; complete once the capture is over.</summary>
    IReadOnlyList<PicturedConnection> Connections { get; }

    /// <summary>Which connections these are, as a sentence for the report.</summary>
    string Choice { get; }
}
