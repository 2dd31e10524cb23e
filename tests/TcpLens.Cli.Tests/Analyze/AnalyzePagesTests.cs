using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Analyze;

/// <summary>
/// What analyze shows, line by line. The golden files are what was looked at and found good; to accept a change, run with
/// TCPLENS_ACCEPT_GOLDEN=1 and read the difference.
/// </summary>
public sealed class AnalyzePagesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tcplens-analyze-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void A_connection_looks_as_it_did_when_somebody_last_looked(int columns)
        => AssertGolden($"connection-{columns}.txt", Analyzed.Connection(Talk(), 1, Analyzed.Terminal with { Columns = columns }));

    [Fact]
    public void In_a_pipe_a_connection_is_ASCII()
    {
        string text = Analyzed.Connection(Talk(), 1, TerminalStyle.Plain);
        AssertGolden("connection-pipe.txt", text);
        Assert.DoesNotContain(text, character => !char.IsAscii(character));
    }

    [Fact]
    public void Raw_numbers_are_those_of_the_headers()
        => Assert.Contains($"seq {BuiltCapture.OriginatorStart}", Analyzed.Connection(Talk(), 1, Analyzed.Terminal, raw: true), StringComparison.Ordinal);

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void The_overview_looks_as_it_did_when_somebody_last_looked(int columns)
        => AssertGolden($"overview-{columns}.txt", Analyzed.Overview(Talk(), Analyzed.Terminal with { Columns = columns }).Replace(_folder, "", StringComparison.Ordinal));

    [Fact]
    public void No_line_is_wider_than_the_terminal()
    {
        string path = Talk();
        foreach (int columns in new[] { 40, 60, 72, 80, 96, 100, 120, 160, 200 })
        {
            TerminalStyle style = Analyzed.Terminal with { Columns = columns, Color = true };
            string all = Analyzed.Overview(path, style) + Analyzed.Findings(path, style) + Analyzed.Connection(path, 1, style);
            Assert.All(all.Split('\n'), line => Assert.InRange(CellWidth.Of(Encoding.UTF8.GetBytes(line)), 0, columns));
        }
    }

    [Fact]
    public void What_is_left_out_of_a_ladder_is_said_and_the_first_and_the_last_are_there()
    {
        var capture = new BuiltCapture().Handshake();
        for (uint i = 0; i < 100; i++)
        {
            capture.From(ControlBits.Ack | ControlBits.Psh, 1 + i, 1, "x"u8).To(ControlBits.Ack, 1, 2 + i);
        }

        string[] lines = Analyzed.Connection(capture.Close(101, 1).Save(_folder), 1, Analyzed.Terminal, limit: 10).Split('\n');
        Assert.Contains(lines, line => line.Contains("196 segments in the middle are left out", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("SYN  seq 0", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("ack 102", StringComparison.Ordinal));
    }

    [Fact]
    public void Octets_that_were_not_captured_are_named_with_the_packet_behind_them()
    {
        string page = Analyzed.Connection(
            new BuiltCapture().Handshake().To(ControlBits.Ack, 1, 1, new byte[100]).From(ControlBits.Ack, 1, 201).To(ControlBits.Ack, 301, 1, new byte[50]).Save(_folder), 1, Analyzed.Terminal with { Columns = 160 });
        Assert.Contains("100 octets of the responder from 101 on, packet 5 acknowledges them: they arrived, the capture missed them", page, StringComparison.Ordinal);
        Assert.Contains("100 octets of the responder from 201 on, before packet 6: lost on the way here, or missed by the capture", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Octets_that_came_later_are_not_said_to_be_missing()
        => Assert.DoesNotContain("Not captured", Analyzed.Connection(Talk(), 1, Analyzed.Terminal), StringComparison.Ordinal);

    /// <summary>A request, an answer of three segments of which one is lost and sent again, a shut window, an orderly end.</summary>
    private string Talk()
    {
        byte[] answer = Encoding.ASCII.GetBytes(new string('a', 500));
        return new BuiltCapture().Handshake()
            .From(ControlBits.Psh | ControlBits.Ack, 1, 1, "GET / HTTP/1.0\r\n\r\n"u8)
            .To(ControlBits.Ack, 1, 19, answer)
            .To(ControlBits.Ack, 1001, 19, answer)
            .From(ControlBits.Ack, 19, 501)
            .Wait(300)
            .To(ControlBits.Ack, 501, 19, answer)
            .From(ControlBits.Ack, 19, 1501, window: 0)
            .Wait(50)
            .From(ControlBits.Ack, 19, 1501)
            .Close(19, 1501)
            .Save(_folder);
    }

    private static void AssertGolden(string name, string actual)
    {
        if (Environment.GetEnvironmentVariable("TCPLENS_ACCEPT_GOLDEN") is { Length: > 0 })
        {
            File.WriteAllText(SourceOf(name), actual);
            return;
        }

        Assert.Equal(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Analyze", "Golden", name)), actual);
    }

    private static string SourceOf(string name, [System.Runtime.CompilerServices.CallerFilePath] string here = "")
        => Path.Combine(Path.GetDirectoryName(here)!, "Golden", name);
}
