namespace TcpLens.Cli;

/// <summary>The view that was asked for.</summary>
internal static class AnalyzeViews
{
    public static IAnalyzeView For(Session session, AnalyzeChoice choice) => choice.View switch
    {
        AnalyzeView.Connections => new ConnectionList(session, choice),
        AnalyzeView.Connection => new ConnectionView(session, choice),
        AnalyzeView.Bytes => new BytesView(session, choice),
        AnalyzeView.Overview or AnalyzeView.Findings => new OverviewView(session, choice),
    };

    /// <exception cref="UsageException">Said when a connection's number is none.</exception>
    public static UsageException NoSuchConnection(long number, long connections, CaptureAccount account)
        => new(connections == 0
            ? $"there is no connection {number}: no TCP connection is in {string.Join(", ", account.Files.Select(static file => file.Name))}"
            : $"there is no connection {number}: they go from 1 to {connections:N0}; --connections lists them");
}
