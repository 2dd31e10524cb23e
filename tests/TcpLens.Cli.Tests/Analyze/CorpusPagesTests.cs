using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;

namespace TcpLens.Cli.Tests.Analyze;

/// <summary>Whatever real captures hold, malformed ones among them, it can be shown.</summary>
public sealed class CorpusPagesTests
{
    private const int Columns = 80;
    private const int ConnectionsEach = 3;

    private static readonly TerminalStyle Style = new(Color: true, Unicode: true, Columns);

    [Fact]
    public void Every_page_of_every_capture_fits_the_terminal()
    {
        string[] captures = Directory.GetFiles(Path.Combine(SharedData.Captures, "captures"));
        Assert.NotEmpty(captures);
        Assert.All(captures, capture =>
        {
            AssertFits(Analyzed.Overview(capture, Style));
            AssertFits(Analyzed.Findings(capture, Style));
            foreach (ConnectionRecord record in Analyzed.Records(capture).OrderBy(record => record.Number).Take(ConnectionsEach))
            {
                AssertFits(Analyzed.Connection(capture, record.Number, Style, limit: 60));
            }
        });
    }

    private static void AssertFits(string page)
        => Assert.All(page.Split('\n'), line => Assert.InRange(CellWidth.Of(Encoding.UTF8.GetBytes(line)), 0, Columns));
}
