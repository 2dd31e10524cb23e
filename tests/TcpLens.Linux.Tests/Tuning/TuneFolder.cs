namespace TcpLens.Linux.Tests.Tuning;

/// <summary>A root of the test's own, for the journal and the files under /etc.</summary>
internal sealed class TuneFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("tcplens-tune-").FullName;

    public TunePaths Paths => new(Root);

    public string DropIn
    {
        get => File.Exists(Paths.DropIn) ? File.ReadAllText(Paths.DropIn) : "";
        set => Write(TunePaths.DropInName, value);
    }

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Root + path)!);
        File.WriteAllText(Root + path, text);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
