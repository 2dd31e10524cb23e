using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Counts of changes as one JSON object, schema "tcplens.transitions/1" (docs/json.md).</summary>
internal static class MatrixJson
{
    private const double NanosecondsPerMicrosecond = 1000;

    public static void Write(Utf8Writer output, string host, MatrixBlock block)
    {
        using var json = new JsonDocumentWriter(output);
        json.BeginDocument("tcplens.transitions/1"u8, host, block.At);
        json.Flag("is_total"u8, block.IsTotal);
        json.Number("elapsed_us"u8, (ulong)block.Elapsed.TotalMicroseconds);
        json.Number("total"u8, block.Counts.Total);
        json.Number("missed"u8, block.Missed);
        json.BeginArray("transitions"u8);
        foreach ((TcpState from, TcpState to) in MatrixReport.Pairs(block.Counts))
        {
            json.BeginObject();
            json.Word("old_state"u8, TcpStateNames.Utf8Name(from, StateSpelling.Snake));
            json.Word("new_state"u8, TcpStateNames.Utf8Name(to, StateSpelling.Snake));
            json.Number("count"u8, block.Counts[from, to]);
            json.Number("per_second"u8, block.Counts[from, to] / block.Elapsed.TotalSeconds);
            json.Flag("in_table"u8, LinuxStateChanges.OriginOf(from, to) != StateChangeOrigin.Unknown);
            json.EndObject();
        }

        json.EndArray();
        WriteTimes(json, block.Counts);
        json.EndDocument();
    }

    private static void WriteTimes(JsonDocumentWriter json, TransitionCounts counts)
    {
        json.BeginArray("times"u8);
        foreach (TcpState state in LifeOrder.States)
        {
            var times = new StateTimes(counts, state);
            if (times.Count == 0)
            {
                continue;
            }

            json.BeginObject();
            json.Word("state"u8, TcpStateNames.Utf8Name(state, StateSpelling.Snake));
            json.Number("count"u8, times.Count);
            json.Number("mean_us"u8, times.Mean / NanosecondsPerMicrosecond);
            json.Number("p50_us"u8, times.Quantile(0.5) / NanosecondsPerMicrosecond);
            json.Number("p90_us"u8, times.Quantile(0.9) / NanosecondsPerMicrosecond);
            json.Number("p99_us"u8, times.Quantile(0.99) / NanosecondsPerMicrosecond);
            WriteBuckets(json, counts.TimesIn(state));
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteBuckets(JsonDocumentWriter json, ReadOnlySpan<ulong> buckets)
    {
        json.BeginArray("buckets"u8);
        for (int i = 0; i < buckets.Length; i++)
        {
            if (buckets[i] > 0)
            {
                json.BeginObject();
                json.Number("at_least_ns"u8, 1ul << i);
                json.Number("count"u8, buckets[i]);
                json.EndObject();
            }
        }

        json.EndArray();
    }
}
