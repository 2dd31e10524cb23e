namespace TcpLens.Capture.Tests;

public sealed class CaptureCorpusTests
{
    [Fact]
    public void The_captures_are_there_and_every_one_is_in_the_manifest()
    {
        string[] listed = [.. CaptureCorpus.Names.Order(StringComparer.Ordinal)];
        string[] present = [.. Directory.GetFiles(Path.Combine(CaptureCorpus.Root, "captures")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(listed);
        Assert.Equal(listed, present);
    }
}
