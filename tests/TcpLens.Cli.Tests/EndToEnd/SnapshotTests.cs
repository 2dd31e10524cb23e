using System.Net;
using System.Text.Json;
using TcpLens.Cli.Tests.Snapshots;
using TcpLens.Linux;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>A machine saved and diagnosed from the file is the machine diagnosed live.</summary>
public sealed class SnapshotTests
{
    private static readonly IPEndPoint Anywhere = new(IPAddress.Loopback, 0);

    [RootFact]
    public void The_report_from_a_file_is_the_very_report_made_live()
    {
        using var ns = new TestNamespace();
        using KernelStates states = KernelStates.Create(ns);
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        Fill(server, client);
        NetworkNamespace place = new NamespaceFinder().FindAll().Found.Single(found => found.Names.Contains(ns.Name));
        using var machine = new LiveMachine([place]);

        Examination live = new Examiner(machine, TimeProvider.System, static _ => { }).Examine(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        byte[] file = Saved.Write(live);
        Examination saved = Saved.Read(file);

        string report = Saved.Report(live);
        Assert.Contains("accept-queue-overflow", report, StringComparison.Ordinal);
        Assert.Equal(report, Saved.Report(saved));
        Assert.Equal(live.Now.Sockets.All.ToArray(), saved.Now.Sockets.All.ToArray());
        Assert.Equal(live.Processes, saved.Processes);
    }

    [RootTheory]
    [InlineData("saved")]
    [InlineData("saved.gz")]
    public void The_program_saves_and_diagnoses_what_it_saved(string name)
    {
        using var ns = new TestNamespace();
        using var server = new Puppet(ns);
        using var client = new Puppet(ns);
        Fill(server, client);
        string folder = Directory.CreateTempSubdirectory("tcplens-snapshot-").FullName;
        string file = Path.Combine(folder, name);
        try
        {
            CommandResult taken = Tool.Run(null, "snapshot", "-o", file, "--duration", "500ms", "--netns", ns.Name).EnsureSuccess();
            JsonElement report = Tool.Json(null, "doctor", "--from", file);

            Assert.Equal("", taken.Output);
            Assert.Equal([file], Directory.GetFiles(folder));
            Assert.Equal(name.EndsWith(".gz", StringComparison.Ordinal), File.ReadAllBytes(file) is [0x1f, 0x8b, ..]);
            Assert.Equal((ns.Name, "tcplens.doctor/1"), (report.Text("netns"), report.Text("schema")));
            Assert.Contains("accept-queue-overflow", report.Items("findings").SelectMany(Conditions));
            Assert.Equal(report.GetRawText(), Tool.Json(null, "doctor", "--from", file).GetRawText());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [RootFact]
    public void Through_a_pipe_it_is_the_same()
    {
        using var ns = new TestNamespace();
        string text = Tool.Run(ns, "snapshot", "-o", "-", "--duration", "100ms").EnsureSuccess().Output;
        CommandResult report = new CommandRun(Tool.Path, "doctor", "--from", "-", "--json") { Input = text }.Execute().EnsureSuccess();

        Assert.Equal("tcplens.snapshot/1", Tool.Parse(text.Split('\n')[0]).Text("schema"));
        Assert.Equal("tcplens.doctor/1", Tool.Parse(report.Output).Text("schema"));
    }

    [RootFact]
    public void A_device_is_written_to_and_stays_one_and_what_cannot_be_written_leaves_nothing_behind()
    {
        using var ns = new TestNamespace();
        string folder = Directory.CreateTempSubdirectory("tcplens-snapshot-").FullName;
        string device = Path.Combine(folder, "null");
        try
        {
            CommandRun.Run("mknod", device, "c", "1", "3").EnsureSuccess();
            Tool.Run(ns, "snapshot", "-o", device, "--duration", "50ms").EnsureSuccess();
            CommandResult refused = Tool.Run(ns, "snapshot", "-o", folder, "--duration", "50ms");

            Assert.Equal("character special file", CommandRun.Run("stat", "-c", "%F", device).Output.Trim());
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains($"could not write the snapshot to {folder}", refused.Error, StringComparison.Ordinal);
            Assert.Equal([device], Directory.GetFileSystemEntries(folder));
            Assert.Equal([folder], Directory.GetFileSystemEntries(Path.GetDirectoryName(folder)!, Path.GetFileName(folder) + "*"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("--netns", "host")]
    [InlineData("--duration", "1s")]
    [InlineData("--watch")]
    public void What_does_not_go_with_a_file_is_said(params string[] options)
    {
        CommandResult refused = Tool.Run(null, ["doctor", "--from", "x", .. options]);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"{options[0]} does not go with it", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_none_or_is_not_there_is_one_line()
    {
        CommandResult foreign = Tool.Run(null, "doctor", "--from", "/etc/passwd");
        CommandResult missing = Tool.Run(null, "doctor", "--from", "/nowhere/x");

        Assert.Equal((2, 1), (foreign.ExitCode, missing.ExitCode));
        Assert.StartsWith("tcplens: /etc/passwd, line 1: this is not JSON", foreign.Error, StringComparison.Ordinal);
        Assert.StartsWith("tcplens: could not read the snapshot /nowhere/x", missing.Error, StringComparison.Ordinal);
    }

    /// <summary>A listener that nobody accepts from, a connection that was reset and is still held, and one that lives.</summary>
    private static void Fill(Puppet server, Puppet client)
    {
        IPEndPoint full = server.Listen("full", Anywhere, backlog: 1);
        for (int i = 0; i < 5; i++)
        {
            client.BeginConnect($"waiting{i}", full);
        }

        IPEndPoint at = server.Listen("l", Anywhere);
        client.Connect("alive", at);
        server.Accept("alive", "l");
        client.Connect("gone", at);
        server.Accept("gone", "l");
        client.Reset("gone");
        server.WaitFor("gone", TcpState.Closed);
    }

    private static IEnumerable<string?> Conditions(JsonElement finding)
        => finding.Items("consequences").SelectMany(Conditions).Prepend(finding.Text("condition"));
}
