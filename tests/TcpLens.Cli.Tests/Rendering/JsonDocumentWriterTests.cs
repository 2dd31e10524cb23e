using System.Text.Json;
using TcpLens.Cli.Rendering;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests.Rendering;

public sealed class JsonDocumentWriterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 13, 0, 0, 250, TimeSpan.FromHours(1));

    [Fact]
    public void A_document_names_its_schema_and_writes_what_it_does_not_know_as_null()
    {
        var output = new MemoryWriter();
        using var json = new JsonDocumentWriter(output);
        json.BeginDocument("tcplens.list/1"u8, "host", Noon);
        json.BeginArray("sockets"u8);
        json.BeginObject();
        json.Address("local"u8, HostAddress.Parse("::1")!.Value, IpFamily.V6);
        json.Number("rtt_us"u8, 85U);
        json.Number("min_rtt_us"u8, (uint?)null);
        json.Number("bytes_acked"u8, (ulong?)ulong.MaxValue);
        json.Number("ratio"u8, double.NaN);
        json.Flag("locked"u8, null);
        json.Text("owner"u8, null);
        json.Time("seen_at"u8, null);
        json.EndObject();
        json.EndArray();
        json.EndDocument();

        Assert.Equal(
            """{"schema":"tcplens.list/1","host":"host","taken_at":"2026-11-21T12:00:00.25Z","taken_at_us":1795262400250000,"sockets":"""
            + """[{"local":"::1","rtt_us":85,"min_rtt_us":null,"bytes_acked":18446744073709551615,"ratio":null,"locked":null,"owner":null,"seen_at":null}]}"""
            + "\n", output.ToString());
    }

    [Fact]
    public void A_stream_has_one_whole_document_on_each_line()
    {
        var output = new MemoryWriter();
        using var json = new JsonDocumentWriter(output);
        for (int i = 0; i < 3; i++)
        {
            json.BeginDocument("tcplens.count/1"u8, host: null, Noon);
            json.Number("n"u8, i);
            json.EndDocument();
        }

        string[] lines = output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal([0, 1, 2], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("n").GetInt32()));
    }

    [Theory]
    [InlineData("\e[31m\n\"\\\0\u007f\u009b")]
    [InlineData("\u202e\u2066\u200b\u2028\u2029\ufeff")]
    [InlineData("</script>&'+é東🦀")]
    public void Hostile_text_is_read_back_exactly_and_cannot_act_on_a_terminal(string hostile)
    {
        var output = new MemoryWriter();
        using var json = new JsonDocumentWriter(output);
        json.BeginDocument("x/1"u8, hostile, Noon);
        json.EndDocument();
        using JsonDocument document = JsonDocument.Parse(output.ToString());
        Assert.Equal(hostile, document.RootElement.GetProperty("host").GetString());

        var shown = new MemoryWriter();
        shown.WriteText(output.Written[..^1]);
        Assert.Equal(output.ToString().TrimEnd('\n'), shown.ToString());
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_a_replacement_character()
    {
        var output = new MemoryWriter();
        using var json = new JsonDocumentWriter(output);
        json.BeginDocument("x/1"u8, "a\ud800", Noon);
        json.EndDocument();
        using JsonDocument document = JsonDocument.Parse(output.ToString());
        Assert.Equal("a\ufffd", document.RootElement.GetProperty("host").GetString());
    }
}
