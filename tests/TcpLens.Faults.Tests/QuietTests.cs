namespace TcpLens.Faults.Tests;

/// <summary>No false alarm on machines on which nothing is wrong.</summary>
public sealed class QuietTests
{
    [RootFact]
    [Scenario("-", "an empty namespace")]
    public void An_empty_namespace_is_healthy()
    {
        using Stage stage = new();
        stage.Diagnose().AsAnnounced();
    }
}
