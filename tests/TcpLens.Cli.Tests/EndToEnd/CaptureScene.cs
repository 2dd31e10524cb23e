using System.Net;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>Two namespaces with a cable between them, a server that serves, a client, and a folder for files that anybody may write to.</summary>
internal sealed class CaptureScene : IDisposable
{
    private readonly VethPair _cable;
    private readonly Puppet _server;

    public CaptureScene()
    {
        _cable = new(Left, Right);
        _server = new(Right);
        Client = new(Left);
        Server = _server.Listen("l", new IPEndPoint(_cable.RightAddress, 0));
        _server.Serve("l");
        Folder = Directory.CreateTempSubdirectory("tcplens-capture-").FullName;
        Permit("777");
    }

    public TestNamespace Left { get; } = new();

    public TestNamespace Right { get; } = new();

    public Puppet Client { get; }

    /// <summary>Where the server listens; it sends back what it gets.</summary>
    public IPEndPoint Server { get; }

    public string Folder { get; }

    public string this[string file] => Path.Combine(Folder, file);

    /// <summary>Sets the folder's permissions, as chmod(1) takes them.</summary>
    public void Permit(string mode) => CommandRun.Run("chmod", mode, Folder).EnsureSuccess();

    /// <summary>Starts to capture at the server's side, and waits until it does.</summary>
    public LiveTool Capture(params IReadOnlyList<string> arguments)
    {
        var tool = new LiveTool(Right, ["capture", "-i", VethPair.Device, .. arguments]);
        Until.True(() => tool.ErrorSoFar.Contains("capturing on"), "the capture must begin");
        return tool;
    }

    /// <summary>One connection: opened, some octets there and back, closed.</summary>
    public void Converse(int octets = 1000)
    {
        Client.Connect("c", Server);
        Client.Send("c", octets);
        Client.ReceiveAll("c", octets);
        Client.Close("c");
    }

    /// <summary>A connection to a port where nobody listens.</summary>
    public void BeRefused() => Assert.Equal("ECONNREFUSED", Client.Try(puppet => puppet.Connect("r", new IPEndPoint(_cable.RightAddress, 9))));

    public void Unplug() => _cable.Dispose();

    /// <summary>Packets in a file, as tcpdump tells them; times left out.</summary>
    public static string[] Packets(string file) => CommandRun.Run("tcpdump", "-nn", "-t", "-x", "-r", file).EnsureSuccess().Output.Replace("\n\t", " ", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How many packets tcpdump finds in the file so far.</summary>
    public static int Count(string file) => File.Exists(file) ? CommandRun.Run("tcpdump", "-nn", "-r", file).Lines.Length : 0;

    public void Dispose()
    {
        Client.Dispose();
        _server.Dispose();
        _cable.Dispose();
        Left.Dispose();
        Right.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
