using System.Xml.Linq;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli.Tests;

public sealed class CaptureReportTests : IDisposable
{
    private const string Loss = "zeekpr33__tcp__composite__comp005.trace";
    private const string Many = "suricata__tls__tls-subjectaltname__input.pcap";

    private readonly string _folder = Directory.CreateTempSubdirectory("tcplens-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Loss)]
    [InlineData(Many)]
    [InlineData("zeek__portmapper-many-unanswered-calls.pcapng")]
    public void The_page_is_whole_and_needs_nothing_else(string capture)
    {
        Reported report = Reported.Of(Reported.Corpus(capture));
        Assert.Empty(report.Root.Descendants("script"));
        Assert.Empty(report.Root.Descendants("link"));
        Assert.Empty(report.Root.Descendants().Attributes("src"));
        Assert.Empty(report.Root.Descendants().Attributes("style"));
        Assert.DoesNotContain("url(", report.Page);
        Assert.DoesNotContain("@import", report.Page);
        Assert.DoesNotContain("http", report.Page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Every_link_leads_somewhere_on_the_page_and_every_place_is_there_once()
    {
        Reported report = Reported.Of(Reported.Corpus(Many));
        Assert.NotEmpty(report.Links);
        Assert.All(report.Links, link => Assert.Contains(link[1..], report.Ids));
        Assert.Equal(report.Ids.Distinct(), report.Ids);
    }

    [Fact]
    public void The_worst_connections_are_shown_in_full_from_a_second_reading()
    {
        Reported report = Reported.Of(Reported.Corpus(Many));
        long[] worst = [.. report.Material.Shortlist.Worst.Take(ReportMaterial.DefaultPictures).Select(record => record.Number)];
        Assert.Equal(ReportMaterial.DefaultPictures, worst.Length);
        Assert.Equal(worst, report.Material.Pictures.Select(shown => shown.Record.Number));
        Assert.All(report.Material.Pictures, shown => Assert.Equal(shown.Record.FromOriginator.Packets + shown.Record.FromResponder.Packets, shown.Album.Seen));
        Assert.Equal(worst.Select(number => $"Connection {number}"), report.Headings.Where(heading => heading.StartsWith("Connection ", StringComparison.Ordinal)).Select(heading => heading.Split(':')[0]));
    }

    [Fact]
    public void The_connection_that_was_asked_for_is_shown_alone()
    {
        Reported report = Reported.Of(Reported.Corpus(Many), number: 7);
        Assert.Equal([7L], report.Material.Pictures.Select(shown => shown.Record.Number));
        Assert.Contains("Connection 7, as asked for.", report.Page);
    }

    [Fact]
    public void What_can_be_read_only_once_has_its_pictures_from_the_first_reading()
    {
        Reported once = Reported.Of(Reported.Corpus(Many), canReadAgain: false), twice = Reported.Of(Reported.Corpus(Many));
        Assert.Equal(twice.Material.Pictures.Select(shown => shown.Record.Number), once.Material.Pictures.Select(shown => shown.Record.Number));
    }

    [Fact]
    public void Connections_beyond_those_watched_at_once_are_passed_by_and_told()
    {
        var pictures = new PicturesInPassing(count: 5);
        int watched = Enumerable.Range(1, 100).Count(number => pictures.Wants(number));
        Assert.Equal(64, watched);
        Assert.Contains("36 connections began while 64 others were being watched", pictures.Choice);
    }

    [Fact]
    public void Long_lists_are_bounded_and_say_so()
    {
        var list = new ConnectionShortlist();
        for (int number = 1; number <= 1000; number++)
        {
            list.Add(Record(number, zeroWindows: number % 10 == 0 ? number : 0));
        }

        Assert.Equal(ConnectionShortlist.Most, list.Worst.Count);
        Assert.Equal(100, list.Troubled);
        Assert.Equal(1000, list.Worst[0].Number);
        Assert.Equal(Enumerable.Range(1, 50).Select(number => (long)number), list.First.Select(record => record.Number));
        Assert.Contains("of 68 connections shown", Reported.Of(Reported.Corpus(Many)).Page);
    }

    [Fact]
    public void The_name_of_a_file_is_words_and_never_markup()
    {
        const string Name = "a<script>alert('x')<∕script>&\"b\u001b[31m\u202ec.pcap";
        string path = Path.Combine(_folder, Name);
        File.Copy(Reported.Corpus(Loss), path);
        Reported report = Reported.Of(path);
        Assert.Empty(report.Root.Descendants("script"));
        Assert.DoesNotContain('\u001b', report.Page);
        Assert.DoesNotContain('\u202e', report.Page);
        Assert.StartsWith("TCP in a<script>alert('x')", report.Root.Descendants("h1").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_of_the_file_is_told_with_its_place()
    {
        string path = Path.Combine(_folder, "cut.pcap");
        byte[] whole = File.ReadAllBytes(Reported.Corpus(Loss));
        File.WriteAllBytes(path, whole[..^7]);
        Reported report = Reported.Of(path);
        Assert.Contains(report.Root.Descendants("h3"), heading => heading.Value == "1 damage of the file");
    }

    [Fact]
    public void Anomalies_are_ranked_with_what_they_mean_and_where_they_are_worst()
    {
        Reported report = Reported.Of(Reported.Corpus(Loss));
        var rows = report.Root.Descendants("section").Single(section => (string?)section.Attribute("id") == "anomalies").Descendants("tr").ToList();
        Assert.StartsWith("▲ retransmission", rows[1].Value, StringComparison.Ordinal);
        Assert.Equal("#connection-1", (string?)rows[1].Descendants("a").Single().Attribute("href"));
        Assert.Equal(MarkCatalog.All.Single(info => info.Mark == SegmentMarks.Retransmission).Meaning, rows[2].Value);
    }

    [Fact]
    public void The_same_capture_gives_the_same_page()
        => Assert.Equal(Reported.Of(Reported.Corpus(Many)).Page, Reported.Of(Reported.Corpus(Many)).Page);

    private static ConnectionRecord Record(long number, long zeroWindows) => new()
    {
        Number = number,
        Originator = new(HostAddress.V4(1), 1),
        Responder = new(HostAddress.V4(2), 2),
        FirstSeen = new(number),
        LastSeen = new(number),
        Outcome = ConnectionOutcome.Closed,
        ZeekState = "SF",
        History = "",
        Timeline = [],
        FromOriginator = new() { Marks = zeroWindows == 0 ? new Dictionary<SegmentMarks, long>() : new Dictionary<SegmentMarks, long> { [SegmentMarks.ZeroWindow] = zeroWindows } },
        FromResponder = new(),
    };
}
