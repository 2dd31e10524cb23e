using TcpLens.Observation;
using TcpLens.Observation.Filters;

namespace TcpLens.Linux.Tests.Tracing;

/// <summary>A translator with the formats of a kernel that a test chooses, and what it told of the records that the test feeds it.</summary>
internal sealed class Translated
{
    private readonly byte[] _octets = new byte[PerfTranslator.MostOctets];

    /// <param name="topics">What is asked for.</param>
    /// <param name="filter">Which sockets are asked for.</param>
    /// <param name="formats">Descriptions as tracefs has them; a tracepoint without one is missing from the kernel.</param>
    public Translated(TraceTopics topics, string filter = "", params string[] formats)
    {
        Dictionary<string, TracepointFormat> known = formats.ToDictionary(text => text.Split('\n')[0]["name: ".Length..].TrimEnd(), Formats.Parse);
        TraceRequest request = new() { Topics = topics, Filter = SocketFilter.Parse(filter, NoNames.Instance).Filter! };
        Plan = PerfPlan.Make(request, name => known.GetValueOrDefault(name.Split('/')[1]));
        Translator = new PerfTranslator(Plan, new TaskNames("/no/such/folder"));
    }

    public PerfPlan Plan { get; }

    public PerfTranslator Translator { get; }

    public List<TraceRecord> Records { get; } = [];

    public List<LifeTail> Tails { get; } = [];

    public TraceRecord Last => Records[^1];

    /// <summary>Of one processor, one after the other.</summary>
    public Translated Feed(params byte[][] records)
    {
        for (int i = 0; i < records.Length; i++)
        {
            int length = Translator.Translate(new PerfRecord(records[i]), new PerfRecord(i + 1 < records.Length ? records[i + 1] : []), _octets);
            TraceBatch batch = new(_octets.AsSpan(0, length));
            while (batch.MoveNext())
            {
                Records.Add(batch.Current);
                Tails.Add(batch.Tail);
            }
        }

        return this;
    }
}
