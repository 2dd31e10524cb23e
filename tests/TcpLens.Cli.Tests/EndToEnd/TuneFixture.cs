using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>A namespace whose settings may be changed, and a folder for the journal and the files: nothing of the host is touched.</summary>
public abstract class TuneFixture : IDisposable
{
    protected const string FinTimeout = "net.ipv4.tcp_fin_timeout";
    protected const string Interval = "net.ipv4.tcp_keepalive_intvl";

    protected TestNamespace Namespace { get; } = new();

    protected string Root { get; } = Directory.CreateTempSubdirectory("tcplens-tune-").FullName;

    public void Dispose()
    {
        Namespace.Dispose();
        Directory.Delete(Root, recursive: true);
        GC.SuppressFinalize(this);
    }

    internal CommandResult Tune(params IReadOnlyList<string> arguments) => Tool.Run(Namespace, ["tune", .. arguments, "--root", Root]);

    internal CommandResult TuneFromHost(params IReadOnlyList<string> arguments) => Tool.Run(null, ["tune", .. arguments, "--root", Root]);

    internal string Value(string key) => Namespace.Run(() => File.ReadAllText("/proc/sys/" + key.Replace('.', '/')).Trim());

    internal JsonElement[] Changes() => Tool.Parse(Tune("journal", "--json").EnsureSuccess().Output).Items("changes");

    internal void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Root + path)!);
        File.WriteAllText(Root + path, text);
    }
}
