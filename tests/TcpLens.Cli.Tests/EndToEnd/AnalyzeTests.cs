using System.Globalization;
using System.Text;
using System.Text.Json;
using TcpLens.Cli.Tests.Analyze;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.EndToEnd;

/// <summary>tcplens analyze as people run it, on captures whose every octet is known.</summary>
public sealed class AnalyzeTests : IDisposable
{
    private const string Request = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("tcplens-analyze-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_overview_is_one_document_with_what_the_capture_holds()
    {
        JsonElement overview = Tool.Json(null, "analyze", Talk());

        Assert.Equal("tcplens.analyze/1", overview.Text("schema"));
        Assert.Equal(1, overview.GetProperty("connections").GetInt64());
        Assert.Equal("closed", Assert.Single(overview.Items("outcomes")).Text("outcome"));
        Assert.Contains(overview.Items("marks"), mark => mark.Text("mark") == "retransmission");
        Assert.Equal(20_000_000, overview.GetProperty("handshake_rtt").GetProperty("most_ns").GetInt64());
        Assert.Contains(overview.Items("states"), state => state.Text("end") == "originator" && state.Text("state") == "time_wait" && state.GetProperty("seen").GetInt64() == 1);
    }

    [Fact]
    public void A_connection_is_one_document_with_its_segments_and_their_marks()
    {
        JsonElement connection = Tool.Json(null, "analyze", Talk(), "--connection", "1");

        Assert.Equal("tcplens.connection/1", connection.Text("schema"));
        JsonElement[] segments = connection.Items("segments");
        Assert.Equal("SYN", segments[0].Text("flags"));
        Assert.Equal(BuiltCapture.OriginatorStart, segments[0].GetProperty("sequence").GetUInt32());
        Assert.Contains(segments, segment => segment.Items("marks").Any(mark => mark.GetString() == "retransmission"));
        Assert.Equal("time_wait", segments[^1].Text("originator_state"));
    }

    [Fact]
    public void Rows_JSON_and_CSV_agree()
    {
        string path = Many(25);
        JsonElement[] json = [.. Run("analyze", path, "--connections", "--json").Lines.Select(Tool.Parse)];
        string[] csv = Run("analyze", path, "--connections", "--csv").Lines;
        string[] names = csv[0].Split(',');
        string[][] rows = [.. csv[1..].Select(line => line.Split(','))];

        Assert.Equal(25, json.Length);
        Assert.Equal(25, rows.Length);
        Assert.All(rows, row => Assert.Equal(names.Length, row.Length));
        foreach (JsonElement connection in json)
        {
            string[] row = rows.Single(row => row[0] == connection.GetProperty("number").ToString());
            Assert.Equal(connection.Text("outcome"), row[Array.IndexOf(names, "outcome")]);
            Assert.Equal(connection.Text("history"), row[Array.IndexOf(names, "history")]);
            Assert.Equal(connection.GetProperty("originator_port").ToString(), row[Array.IndexOf(names, "originator_port")]);
            Assert.Equal(connection.GetProperty("from_originator").GetProperty("payload_bytes").ToString(), row[Array.IndexOf(names, "payload_bytes_sent")]);
            Assert.Equal(connection.GetProperty("first_ns").GetInt64(), long.Parse(row[Array.IndexOf(names, "first_ns")], CultureInfo.InvariantCulture));
        }

        Assert.Equal(26, Run("analyze", path, "--connections").Lines.Length);
    }

    [Fact]
    public void Rows_are_no_more_than_asked_for_in_the_order_asked_for()
    {
        string path = Many(25);
        CommandResult top = Run("analyze", path, "-c", "--sort", "octets", "--top", "3", "-H");
        Assert.Equal(["25", "24", "23"], top.Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
        Assert.Contains("the first 3 of 25", top.Error, StringComparison.Ordinal);
        Assert.Equal(["1", "2"], Run("analyze", path, "-c", "--top", "2", "-H").Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
        Assert.Equal(["1"], Run("analyze", "-c", path, "--sort", "+octets", "--top", "1", "-H").Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
    }

    [Fact]
    public void Connections_are_filtered_in_the_language_of_ss_and_packets_in_that_of_tcpdump()
    {
        string path = Many(25);
        Assert.Equal(3, Run("analyze", path, "--connections", "sport 40001-40003", "-H").Lines.Length);
        Assert.Equal(1, Tool.Json(null, "analyze", path, "tcp port 40007").GetProperty("connections").GetInt64());
        Assert.Equal(2, Tool.Json(null, "analyze", path, "tcp", "port", "40007", "or", "port", "40008").GetProperty("connections").GetInt64());
    }

    [Theory]
    [InlineData("tcp port 80", "tcpdump's stands by itself")]
    [InlineData("outcome refusd", "did you mean “refused”")]
    public void A_filter_of_connections_that_cannot_be_read_is_explained(string filter, string advice)
    {
        CommandResult result = Tool.Run(null, "analyze", Talk(), "--connections", filter);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(advice, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_of_packets_that_cannot_be_read_is_explained()
    {
        CommandResult result = Tool.Run(null, "analyze", Talk(), "tcp prot 80");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("tcp prot 80", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "there is no file", "nowhere.pcap")]
    [InlineData(2, "name a capture")]
    [InlineData(2, "is a folder", "/tmp")]
    [InlineData(1, "is no capture", "/etc/passwd")]
    [InlineData(2, "choose one", "FILE", "--findings", "--connections")]
    [InlineData(2, "goes with --connections", "FILE", "--sort", "octets")]
    [InlineData(2, "there is no such key", "FILE", "-c", "--sort", "size")]
    [InlineData(2, "they go from 1 to 1", "FILE", "--connection", "2")]
    [InlineData(2, "they go from 1 to 1", "FILE", "--follow", "7")]
    [InlineData(2, "whose octets", "FILE", "--follow", "1", "--raw")]
    [InlineData(2, "neither a connection's number nor a file", "FILE", "--follow", "one")]
    [InlineData(2, "--limit", "FILE", "--connection", "1", "--limit", "many")]
    public void A_mistake_is_one_clear_sentence(int code, string sentence, params string[] arguments)
    {
        string path = Talk();
        CommandResult result = Tool.Run(null, ["analyze", .. arguments.Select(argument => argument == "FILE" ? path : argument)]);
        Assert.Equal(code, result.ExitCode);
        Assert.Contains(sentence, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void An_empty_file_is_no_capture_and_a_capture_without_packets_is_one()
    {
        string empty = Path.Combine(_folder, "empty.pcap");
        File.WriteAllBytes(empty, []);
        Assert.Equal(1, Tool.Run(null, "analyze", empty).ExitCode);
        Assert.Contains("no TCP connection", Run("analyze", new BuiltCapture().Save(_folder, "none.pcap")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_ends_within_a_packet_says_so_and_shows_the_rest()
    {
        string path = Path.Combine(_folder, "cut.pcap");
        File.WriteAllBytes(path, File.ReadAllBytes(Talk())[..^30]);
        JsonElement overview = Tool.Json(null, "analyze", path);

        Assert.Equal(1, overview.GetProperty("connections").GetInt64());
        JsonElement damage = Assert.Single(overview.Items("damage"));
        Assert.Equal(overview.GetProperty("packets").GetInt64(), damage.GetProperty("behind_packet").GetInt64());
    }

    [Fact]
    public void What_was_said_is_shown_in_turn_each_octet_once()
    {
        string text = Run("analyze", Talk(), "--follow", "1").Output;
        Assert.Equal(
            """
            > 10.0.0.1:40000  0.030000 s, from octet 0
            GET /a HTTP/1.1
            Host: x


            < 10.0.0.2:80  0.040000 s, from octet 0
            first second third\x1b[2J
            """, text.TrimEnd('\n'));
    }

    [Theory]
    [InlineData("originator", Request)]
    [InlineData("responder", "first second third\e[2J")]
    public void An_end_s_octets_are_written_as_they_were_sent(string end, string octets)
    {
        string path = Path.Combine(_folder, "octets");
        Run("analyze", Talk(), "--follow", "1", "--end", end, "-o", path);
        Assert.Equal(octets, File.ReadAllText(path));
        Assert.Equal(octets, Run("analyze", Talk(), "--follow", "1", "--end", end, "--raw").Output);
    }

    [Fact]
    public void What_is_not_shown_is_said()
    {
        var capture = new BuiltCapture().Handshake().To(ControlBits.Ack, 1, 1, "abc"u8).From(ControlBits.Ack, 1, 104).To(ControlBits.Ack, 104, 1, "xyz"u8);
        string[] lines = Run("analyze", capture.Save(_folder), "--follow", "1").Lines;
        Assert.Contains("(100 octets of the responder from 3 on were not captured)", lines);
        Assert.Contains("xyz", lines);

        string[] few = Run("analyze", capture.Save(_folder), "--follow", "1", "--limit", "2").Lines;
        Assert.Contains("ab", few);
        Assert.Contains(few, line => line.StartsWith("(4 more octets of the responder are left out", StringComparison.Ordinal));
    }

    [Fact]
    public void Several_files_are_read_in_the_order_of_time()
    {
        byte[] whole = File.ReadAllBytes(Talk());
        string later = Path.Combine(_folder, "later.pcap"), earlier = Path.Combine(_folder, "earlier.pcap");
        const int Head = 24, Handshake = 3 * (16 + 40);
        File.WriteAllBytes(later, [.. whole[..Head], .. whole[(Head + Handshake)..]]);
        File.WriteAllBytes(earlier, whole[..(Head + Handshake)]);

        JsonElement overview = Tool.Json(null, "analyze", later, earlier);
        Assert.Equal("closed", Assert.Single(overview.Items("outcomes")).Text("outcome"));
        Assert.Equal(1, overview.GetProperty("connections_begun_here").GetInt64());
    }

    [Fact]
    public void Standard_input_is_a_capture_too()
    {
        CommandResult result = new CommandRun("sh", "-c", $"cat '{Talk()}' | '{Tool.Path}' analyze - --json").Execute().EnsureSuccess();
        Assert.Equal(1, Tool.Parse(result.Output).GetProperty("connections").GetInt64());
    }

    [Fact]
    public void A_reader_that_leaves_ends_it_quietly()
    {
        CommandResult result = new CommandRun("sh", "-c", $"'{Tool.Path}' analyze '{Many(2000)}' --connections --json | head -1").Execute();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Single(result.Lines);
    }

    [Fact]
    public void A_growing_file_is_followed_until_somebody_interrupts()
    {
        string path = Path.Combine(_folder, "growing.pcap");
        byte[] whole = File.ReadAllBytes(Talk());
        File.WriteAllBytes(path, whole[..300]);
        using var tool = new LiveTool(null, "analyze", "--follow", path, "--json");
        Until.True(() => HasOpen(tool.Pid, path), "the file is open");
        using (FileStream file = new(path, FileMode.Append))
        {
            file.Write(whole.AsSpan(300));
        }

        Signals.Interrupt(tool.Pid);
        Assert.Equal(130, tool.WaitForExit());
        Assert.Equal("closed", Assert.Single(Tool.Parse(Assert.Single(tool.Lines)).Items("outcomes")).Text("outcome"));
    }

    [Fact]
    public void The_report_is_a_page_of_the_same_capture()
    {
        string page = Path.Combine(_folder, "report.html");
        CommandResult result = Run("analyze", Talk(), "--report", page);
        Assert.Contains("Outcomes", result.Output, StringComparison.Ordinal);
        Assert.Contains("10.0.0.1:40000", File.ReadAllText(page), StringComparison.Ordinal);
    }

    private static CommandResult Run(params IReadOnlyList<string> arguments) => Tool.Run(null, arguments).EnsureSuccess();

    /// <summary>True when the process has the file open: from then on it may be interrupted.</summary>
    private static bool HasOpen(int pid, string path)
        => Directory.EnumerateFiles($"/proc/{pid}/fd").Any(descriptor => new FileInfo(descriptor).LinkTarget == path);

    /// <summary>A request, an answer in three segments of which the second comes last and twice, an orderly end.</summary>
    private string Talk() => new BuiltCapture().Handshake()
        .From(ControlBits.Psh | ControlBits.Ack, 1, 1, Encoding.ASCII.GetBytes(Request))
        .To(ControlBits.Ack, 1, 29, "first "u8)
        .To(ControlBits.Ack, 14, 29, "third\e[2J"u8)
        .Wait(300)
        .To(ControlBits.Ack, 7, 29, "second "u8)
        .Wait(300)
        .To(ControlBits.Ack, 7, 29, "second "u8)
        .From(ControlBits.Ack, 29, 23)
        .Close(29, 23)
        .Save(_folder, "talk.pcap");

    /// <summary>Connections one after the other, each saying an octet more than the one before.</summary>
    private string Many(int connections)
    {
        string path = Path.Combine(_folder, $"many-{connections}.pcap");
        using FileStream file = new(path, FileMode.Create);
        for (int i = 0; i < connections; i++)
        {
            uint said = (uint)i + 1;
            byte[] one = new BuiltCapture { OriginatorPort = (ushort)(40_000 + i) }.Wait(i * 100).Handshake()
                .From(ControlBits.Psh | ControlBits.Ack, 1, 1, new byte[said]).To(ControlBits.Ack, 1, 1 + said).Close(1 + said, 1).Octets;
            file.Write(one.AsSpan(i == 0 ? 0 : 24));
        }

        return path;
    }
}
