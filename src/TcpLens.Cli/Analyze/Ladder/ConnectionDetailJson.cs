using TcpLens.Capture;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>One connection with its segments: "tcplens.connection/1" and more keys (docs/json.md).</summary>
internal static class ConnectionDetailJson
{
    public static void Write(Utf8Writer output, ConnectionRecord record, SegmentKeeper kept)
    {
        using var json = new JsonDocumentWriter(output);
        ConnectionJson.Begin(json, record);
        json.BeginArray("gaps"u8);
        foreach (CaptureGap gap in kept.Gaps)
        {
            json.BeginObject();
            json.Text("sender"u8, ConnectionJson.NameOf(gap.Sender));
            json.Number("from"u8, gap.From);
            json.Number("bytes"u8, gap.Octets);
            json.Number("frame"u8, gap.Frame);
            json.Number("at_ns"u8, gap.At.Nanoseconds);
            json.Flag("was_received"u8, gap.WasReceived);
            json.EndObject();
        }

        json.EndArray();
        json.Number("gaps_omitted"u8, kept.GapsNotKept);
        json.Number("segments_omitted"u8, kept.Elided);
        json.BeginArray("segments"u8);
        foreach (KeptSegment segment in kept.First.Concat(kept.Last))
        {
            json.BeginObject();
            Segment(json, in segment);
            json.EndObject();
        }

        json.EndArray();
        json.EndDocument();
    }

    private static void Segment(JsonDocumentWriter json, in KeptSegment kept)
    {
        CapturedSegment segment = kept.Segment;
        SegmentVerdict verdict = kept.Verdict;
        json.Number("file"u8, segment.File + 1L);
        json.Number("frame"u8, segment.Frame);
        json.Number("at_ns"u8, segment.TimeNanoseconds);
        json.Text("sender"u8, ConnectionJson.NameOf(verdict.Sender));
        json.Text("flags"u8, ControlBitsText.Format(segment.Bits));
        json.Number("sequence"u8, (long)segment.Sequence.Value);
        json.Number("acknowledgment"u8, (long)segment.Acknowledgment.Value);
        json.Number("relative_sequence"u8, verdict.RelativeSequence);
        json.Number("relative_acknowledgment"u8, segment.Has(ControlBits.Ack) ? verdict.RelativeAcknowledgment : null);
        json.Number("payload_bytes"u8, (long)segment.PayloadLength);
        json.Number("window_field"u8, (long)segment.Window.Raw);
        json.Number("window_bytes"u8, (long)verdict.Window);
        json.Number("in_flight_bytes"u8, (long)verdict.InFlight);
        json.Number("rtt_ns"u8, verdict.RttNanoseconds > 0 ? verdict.RttNanoseconds : null);
        json.Number("duplicate_ack_number"u8, verdict.DuplicateAckNumber > 0 ? verdict.DuplicateAckNumber : null);
        json.Number("missing_bytes"u8, kept.Missing);
        json.BeginArray("sack"u8);
        for (int i = 0; i < Math.Min(segment.SackCount, (byte)4); i++)
        {
            json.BeginObject();
            json.Number("left"u8, (long)segment.Sacks[i].Left.Value);
            json.Number("right"u8, (long)segment.Sacks[i].Right.Value);
            json.EndObject();
        }

        json.EndArray();
        json.Texts("marks"u8, verdict.Marks.Each().Select(static mark => ConnectionJson.Snake(mark.Name)));
        json.Text("retransmission"u8, verdict.Retransmission == RetransmissionKind.None ? null : ConnectionJson.Snake(verdict.Retransmission.Name));
        ConnectionJson.State(json, "originator_state"u8, "originator_certainty"u8, verdict.OriginatorState);
        ConnectionJson.State(json, "responder_state"u8, "responder_certainty"u8, verdict.ResponderState);
    }
}
