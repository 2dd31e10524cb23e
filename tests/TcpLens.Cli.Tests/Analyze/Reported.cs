using System.Xml.Linq;
using TcpLens.Capture;
using TcpLens.Diagnosis;

namespace TcpLens.Cli.Tests;

/// <summary>The report of a real capture, as text and as a reader of XML has it.</summary>
internal sealed class Reported
{
    private Reported(string page, ReportMaterial material)
    {
        Page = page;
        Material = material;
        Root = XDocument.Parse(page).Root!;
    }

    public string Page { get; }

    public ReportMaterial Material { get; }

    public XElement Root { get; }

    public IEnumerable<string> Headings => Root.Descendants("h2").Select(heading => heading.Value);

    public IEnumerable<string> Links => Root.Descendants("a").Select(link => (string)link.Attribute("href")!);

    public IEnumerable<string> Ids => Root.Descendants().Attributes("id").Select(id => id.Value);

    public static string Corpus(string capture) => Path.Combine(SharedData.Captures, "captures", capture);

    public static Reported Of(string path, long? number = null, bool canReadAgain = true)
    {
        var choice = new AnalyzeChoice { View = AnalyzeView.Overview, Files = [path] };
        var material = new ReportMaterial(number, canReadAgain);
        CaptureAccount account = Read(choice, material);
        if (material.SecondReading() is { } pictures)
        {
            Read(choice, pictures);
        }

        return new(CaptureReport.Page(account, material, CaptureDoctor.Examine(material.Overview.ToFacts())), material);
    }

    private static CaptureAccount Read(AnalyzeChoice choice, IConnectionSink sink)
    {
        using CaptureInput input = CaptureInput.Open(choice);
        var analyzer = new ConnectionAnalyzer(choice.Analysis, sink);
        var batch = new PacketBatch();
        while (input.TryRead(batch))
        {
            analyzer.Take(batch);
        }

        analyzer.Complete();
        return CaptureAccount.Of(input, choice, analyzer, wasInterrupted: false);
    }
}
