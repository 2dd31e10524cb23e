using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The summary of a capture as a JSON document, schema "tcplens.capture/1" (docs/json.md).</summary>
internal static class CaptureJson
{
    public static void Write(Session session, CaptureSummary summary, LiveLedger ledger)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.capture/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.Text("interface"u8, summary.Interface);
        json.Number("link_type"u8, (long)summary.LinkType);
        json.Text("filter"u8, summary.Filter);
        json.Number("snap_length_bytes"u8, (long)summary.SnapLength);
        json.Text("user"u8, summary.User);
        json.Number("elapsed_us"u8, (long)summary.Elapsed.TotalMicroseconds);
        json.Number("packets"u8, summary.Packets);
        json.Number("bytes"u8, summary.Octets);
        json.Number("received"u8, summary.Counts.Received);
        json.Number("dropped_by_kernel"u8, summary.Counts.DroppedByKernel);
        json.Number("dropped_by_interface"u8, summary.Counts.DroppedByInterface);
        json.Number("not_analyzed"u8, summary.Unseen);
        json.Number("tcp_segments"u8, summary.Tally.TcpSegments);
        json.Number("connections"u8, ledger.Overview.Connections);
        json.Number("evicted"u8, summary.Evicted);
        WriteOutcomes(json, ledger.Overview.ToFacts());
        json.Texts("files"u8, summary.Store?.Paths ?? []);
        json.Number("packets_written"u8, summary.Store?.PacketsKept);
        json.Number("bytes_written"u8, summary.Store?.OctetsWritten);
        WriteFirings(json, summary.Firings ?? []);
        json.EndDocument();
        session.Output.Flush();
    }

    private static void WriteOutcomes(JsonDocumentWriter json, CaptureFacts facts)
    {
        json.BeginArray("outcomes"u8);
        foreach (OutcomeSum sum in facts.Outcomes.Values.OrderBy(static sum => sum.Outcome))
        {
            json.BeginObject();
            json.Text("outcome"u8, ConnectionJson.Snake(sum.Outcome.Name));
            json.Number("connections"u8, sum.Connections);
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("marks"u8);
        foreach (MarkSum sum in facts.Marks.Values.OrderBy(static sum => sum.Mark))
        {
            json.BeginObject();
            json.Text("mark"u8, ConnectionJson.Snake(sum.Mark.Name));
            json.Number("segments"u8, sum.Segments);
            json.Number("connections"u8, sum.Connections);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteFirings(JsonDocumentWriter json, IReadOnlyList<Firing> firings)
    {
        json.BeginArray("firings"u8);
        foreach (Firing firing in firings)
        {
            json.BeginObject();
            json.Text("trigger"u8, firing.Trigger);
            json.Number("at_ns"u8, firing.AtNanoseconds);
            json.Text("reason"u8, firing.Reason);
            json.EndObject();
        }

        json.EndArray();
    }
}
