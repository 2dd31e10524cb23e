namespace TcpLens.Linux.Tests.Namespaces;

/// <summary>A /proc of the test's own making, for what cannot be arranged on the real one.</summary>
internal sealed class ProcFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("tcplens-proc-").FullName;

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public void AddProcess(int pid, string command, string network, string cgroup)
    {
        Link($"{pid}/ns/net", network);
        Write($"{pid}/comm", command + "\n");
        Write($"{pid}/cgroup", cgroup);
    }

    public void Write(string path, string text) => File.WriteAllText(PathTo(path), text);

    public void Link(string path, string target) => File.CreateSymbolicLink(PathTo(path), target);

    private string PathTo(string path)
    {
        string whole = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
        return whole;
    }
}
