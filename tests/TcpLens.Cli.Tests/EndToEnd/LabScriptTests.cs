using System.Text.Json;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>tcplens lab script as people use it: files and folders in, a table or JSON out, exit 1 when a script failed.</summary>
public sealed class LabScriptTests : IDisposable
{
    private const string Opening = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n+0 < S 0:0(0) win 100 <mss 1000>\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tcplens-script-");

    [Fact]
    public void A_script_that_passes_ends_with_0()
    {
        CommandResult result = Tool.Run(null, "lab", "script", Write("good.pkt", Opening + "+0 > S. 0:0(0) ack 1 <mss 1460>\n"));
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"good\.pkt +linux +passed", result.Output);
    }

    [Fact]
    public void A_script_that_fails_ends_with_1_and_shows_what_was_expected_and_what_came()
    {
        CommandResult result = Tool.Run(null, "lab", "script", Write("bad.pkt", Opening + "+0 > S. 0:0(0) ack 2 <mss 1460>\n"));
        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"bad\.pkt +linux +failed +5", result.Output);
        Assert.Contains("expected  > S. 0:0(0) ack 2 <mss 1460>", result.Output, StringComparison.Ordinal);
        Assert.Contains("got       > S. 0:0(0) ack 1", result.Output, StringComparison.Ordinal);
        Assert.Contains("0.000000 < S 0:0(0) win 100 <mss 1000>", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_fails_with_its_place()
    {
        CommandResult result = Tool.Run(null, "lab", "script", Write("broken.pkt", Opening + "+0 > S. 0:0(\n"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("broken.pkt:", result.Output, StringComparison.Ordinal);
        Assert.Contains("expected octets of payload", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_run_whole_and_summed_up()
    {
        Write("one/a.pkt", Opening);
        Write("one/b.pkt", Opening + "+0 pipe([5, 6]) = 0\n");
        Write("two/c.pkt", Opening);
        CommandResult result = Tool.Run(null, "lab", "script", _folder.FullName);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"one +2 +1 +0 +1", result.Output);
        Assert.Matches(@"all +3 +2 +0 +1", result.Output);
        Assert.Matches(@"b\.pkt +linux +not supported +5 +pipe\(\)", result.Output);
    }

    [Fact]
    public void JSON_has_every_script()
    {
        Write("a.pkt", Opening);
        Write("b.pkt", Opening + "+0 > R 0:0(0)\n");
        JsonElement document = Tool.Parse(Tool.Run(null, "lab", "script", "--json", _folder.FullName).Output);
        Assert.Equal("tcplens.lab-script/1", document.Text("schema"));
        Assert.Equal((1, 1), (document.GetProperty("passed").GetInt32(), document.GetProperty("failed").GetInt32()));
        JsonElement failed = document.Items("scripts").Single(script => script.Text("result") == "failed");
        Assert.Equal(("b.pkt", "> R 0:0(0)", 5), (failed.Text("script"), failed.Text("expected"), failed.GetProperty("line").GetInt32()));
    }

    [RootFact]
    public void The_kernel_answers_too()
    {
        CommandResult result = Tool.Run(null, "lab", "script", "--kernel", Write("good.pkt", "--tolerance_usecs=900000\n" + Opening + "+0 > S. 0:0(0) ack 1 <mss 1460>\n"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("a network namespace without a name", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
