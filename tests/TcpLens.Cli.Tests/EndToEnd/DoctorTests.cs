using System.Net;
using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>
/// How the doctor speaks: page, exit codes, report, watch. What it finds is the business of TcpLens.Faults.Tests; here one fault
/// serves, connections that nobody accepts, made by a process with an unfriendly name.
/// </summary>
public sealed class DoctorTests : IDisposable
{
    private const string HostileName = "<b>x&y</b>";

    private static readonly IPEndPoint Service = new(IPAddress.Loopback, 7000);

    private readonly TestNamespace _ns = new();
    private readonly Puppet _server;
    private readonly string _folder = Directory.CreateTempSubdirectory("tcplens-doctor-").FullName;

    public DoctorTests()
    {
        _server = new Puppet(_ns);
        _server.Rename(HostileName);
    }

    public void Dispose()
    {
        _server.Dispose();
        _ns.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [RootFact]
    public void Nothing_wrong_is_said_plainly_with_what_was_looked_for()
    {
        CommandResult result = Doctor().EnsureSuccess();
        Assert.Contains("nothing found", result.Lines[0], StringComparison.Ordinal);
        Assert.Contains("ok        nothing is wrong; looked for: time-wait-volume, ephemeral-port-exhaustion", result.Output, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_finding_has_its_proof_its_culprit_its_remedies_and_what_not_to_do()
    {
        LeaveWaiting();
        string page = Doctor().EnsureSuccess().Output;
        foreach (string part in new[] { $"{HostileName}/{_server.Pid} has not accepted 2 connections to 127.0.0.1:7000", "unaccepted-connections@127.0.0.1:7000: warning because", "  proof   ", "  who     127.0.0.1:7000", "  users   ", "  do      1. ", "  don't   ", "tcplens explain unaccepted-connections" })
        {
            Assert.Contains(part, page, StringComparison.Ordinal);
        }
    }

    [RootTheory]
    [InlineData(0)]
    [InlineData(1, "--exit-code")]
    [InlineData(0, "--exit-code", "--severity", "critical")]
    [InlineData(0, "--exit-code", "--skip", "unaccepted-connections")]
    [InlineData(0, "--exit-code", "--only", "close-wait-leak")]
    public void The_exit_code_is_asked_for_and_follows_what_is_shown(int expected, params string[] options)
    {
        LeaveWaiting();
        Assert.Equal(expected, Doctor(options).ExitCode);
    }

    [RootTheory]
    [InlineData("no such condition; did you mean close-wait-leak?", "--only", "close-wait-leek")]
    [InlineData("--severity grave", "--severity", "grave")]
    [InlineData("--duration soon", "--duration", "soon")]
    [InlineData("--patience 0", "--patience", "0")]
    public void Wrong_usage_is_one_clear_error(string says, params string[] options)
    {
        CommandResult result = Tool.Run(null, ["doctor", .. options]);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
    }

    [RootFact]
    public void A_report_is_one_page_that_needs_nothing_else_and_cannot_be_hurt_by_names()
    {
        LeaveWaiting();
        string path = Path.Combine(_folder, "report.html");
        Doctor("--report", path).EnsureSuccess();
        string page = File.ReadAllText(path);
        Assert.Contains("&lt;b&gt;x&amp;y&lt;/b&gt;/", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>x", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", page, StringComparison.Ordinal);
        Assert.Contains("<title>Sockets by state</title>", page, StringComparison.Ordinal);
        Assert.Contains("<title>Culprits by findings</title>", page, StringComparison.Ordinal);
        Assert.True(page.Contains("<title>Counters over the sample</title>", StringComparison.Ordinal) || page.Contains("None of TCP&#39;s counters moved.", StringComparison.Ordinal));
        Assert.Contains("unaccepted-connections@127.0.0.1:7000", page, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [RootFact]
    public void A_report_that_cannot_be_written_is_one_line_and_the_answer_is_not_lost()
    {
        CommandResult result = Doctor("--report", Path.Combine(_folder, "nowhere", "report.html"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("nothing is wrong", result.Output, StringComparison.Ordinal);
        Assert.Contains("report.html", Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [RootFact]
    public void A_watch_tells_what_appears_and_what_goes()
    {
        using LiveTool watch = new(null, "doctor", "--netns", _ns.Name, "--watch", "--duration", "300ms", "--patience", "0.001", "--json", "--only", "unaccepted-connections");
        LeaveWaiting();
        watch.WaitFor(static line => line.Contains("\"appeared\"", StringComparison.Ordinal), "the finding must appear");
        _server.AcceptMany("a", 2, "l");
        watch.WaitFor(static line => line.Contains("\"gone\"", StringComparison.Ordinal), "the finding must go");
        Signals.Interrupt(watch.Pid);
        Assert.Equal(130, watch.WaitForExit());

        JsonElement[] events = [.. watch.Lines.Select(Tool.Parse)];
        Assert.All(events, static each => Assert.Equal("tcplens.doctor.event/1", each.Text("schema")));
        Assert.Equal("unaccepted-connections@127.0.0.1:7000", events[0].Text("id"));
        Assert.Equal(JsonValueKind.Null, events[0].GetProperty("open_seconds").ValueKind);
        Assert.True(events[^1].GetProperty("open_seconds").GetDouble() > 0);
    }

    [RootFact]
    public void An_ordinary_user_gets_an_answer_and_is_told_what_is_missing()
    {
        LeaveWaiting();
        CommandResult result = new CommandRun(Tool.Path, "doctor", "--duration", "200ms", "--patience", "0.001") { Namespace = _ns, Unprivileged = true }.Execute().EnsureSuccess();
        Assert.Contains("- has not accepted 2 connections", result.Output, StringComparison.Ordinal);
        Assert.Contains("cap_sys_ptrace", result.Error, StringComparison.Ordinal);
    }

    private CommandResult Doctor(params string[] options)
        => Tool.Run(null, ["doctor", "--netns", _ns.Name, "--duration", "300ms", "--patience", "0.001", .. options]);

    /// <summary>Two finished handshakes, and room for more: a warning with this little patience, and nothing else.</summary>
    private void LeaveWaiting()
    {
        _server.Listen("l", Service, backlog: 16);
        _server.ConnectMany("c", 2, Service);
    }
}
