using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>A connection of a capture as a JSON object, schema "tcplens.connection/1" (docs/json.md).</summary>
internal static class ConnectionJson
{
    /// <summary>One document, one line; taken_at is when the connection began.</summary>
    public static void WriteLine(JsonDocumentWriter json, ConnectionRecord record)
    {
        Begin(json, record);
        json.EndDocument();
    }

    /// <summary>Opens the document and writes all that the record says.</summary>
    public static void Begin(JsonDocumentWriter json, ConnectionRecord record)
    {
        json.BeginDocument("tcplens.connection/1"u8, Environment.MachineName, CaptureTime.Of(record.FirstSeen));
        json.Number("number"u8, record.Number);
        Endpoint(json, "originator_address"u8, "originator_port"u8, record.Originator);
        Endpoint(json, "responder_address"u8, "responder_port"u8, record.Responder);
        json.Number("first_ns"u8, record.FirstSeen.Nanoseconds);
        json.Number("last_ns"u8, record.LastSeen.Nanoseconds);
        json.Text("outcome"u8, Snake(record.Outcome.Name));
        json.Text("zeek_state"u8, record.ZeekState);
        json.Text("history"u8, record.History);
        json.Text("first_to_close"u8, record.FirstToClose is { } end ? NameOf(end) : null);
        json.Flag("began_here"u8, record.BeganHere);
        json.Flag("was_evicted"u8, record.WasEvicted);
        json.Number("handshake_rtt_ns"u8, Nanoseconds(record.HandshakeRtt));
        json.Number("syn_to_synack_ns"u8, Nanoseconds(record.SynToSynAck));
        State(json, "originator_state"u8, "originator_certainty"u8, record.FinalState(ConnectionEnd.Originator));
        State(json, "responder_state"u8, "responder_certainty"u8, record.FinalState(ConnectionEnd.Responder));
        json.BeginArray("timeline"u8);
        foreach (StateStep step in record.Timeline)
        {
            json.BeginObject();
            json.Number("at_ns"u8, step.At.Nanoseconds);
            json.Text("end"u8, NameOf(step.End));
            State(json, "state"u8, "certainty"u8, step.Now);
            json.EndObject();
        }

        json.EndArray();
        json.Flag("is_timeline_cut"u8, record.IsTimelineCut);
        Account(json, "from_originator"u8, record.FromOriginator);
        Account(json, "from_responder"u8, record.FromResponder);
    }

    public static string Snake(string name) => name.Replace('-', '_');

    public static string NameOf(ConnectionEnd end) => end == ConnectionEnd.Originator ? "originator" : "responder";

    public static void Endpoint(JsonDocumentWriter json, ReadOnlySpan<byte> address, ReadOnlySpan<byte> port, in Endpoint endpoint)
    {
        json.Address(address, endpoint.Address, endpoint.Address.IsV4Mapped ? IpFamily.V4 : IpFamily.V6);
        json.Number(port, (long)endpoint.Port);
    }

    public static void State(JsonDocumentWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> certainty, EndState state)
    {
        if (state.Certainty == Certainty.Unknown)
        {
            json.Null(name);
        }
        else
        {
            json.Word(name, TcpStateNames.Utf8Name(state.State, StateSpelling.Snake));
        }

        json.Word(certainty, Encoding.ASCII.GetBytes(state.Certainty.Words()));
    }

    private static void Account(JsonDocumentWriter json, ReadOnlySpan<byte> name, EndAccount account)
    {
        json.BeginObject(name);
        json.Number("packets"u8, account.Packets);
        json.Number("payload_bytes"u8, account.PayloadOctets);
        json.Number("stream_bytes"u8, account.StreamOctets);
        json.Number("ip_bytes"u8, account.IpOctets);
        json.Number("syns"u8, account.Syns);
        json.Number("synacks"u8, account.SynAcks);
        json.Number("fins"u8, account.Fins);
        json.Number("resets"u8, account.Resets);
        json.Number("data_segments"u8, account.DataSegments);
        json.Number("pure_acks"u8, account.PureAcks);
        json.Number("urgent_segments"u8, account.UrgentSegments);
        json.Number("initial_sequence"u8, (long?)account.InitialSequence?.Value);
        json.Number("mss_bytes"u8, (long?)account.MaximumSegmentSize);
        json.Number("window_shift"u8, (long?)account.WindowShift);
        json.Flag("offers_sack"u8, account.OffersSack);
        json.Flag("uses_timestamps"u8, account.UsesTimestamps);
        json.Number("smallest_window_bytes"u8, (long?)account.SmallestWindow);
        json.Number("largest_window_bytes"u8, (long?)account.LargestWindow);
        json.Number("zero_window_fields"u8, account.ZeroWindowFields);
        json.Number("rtt_samples"u8, account.Rtt.Samples);
        json.Number("rtt_least_ns"u8, account.Rtt.Samples > 0 ? account.Rtt.Least : null);
        json.Number("rtt_mean_ns"u8, account.Rtt.Samples > 0 ? account.Rtt.Mean : null);
        json.Number("rtt_most_ns"u8, account.Rtt.Samples > 0 ? account.Rtt.Most : null);
        json.Number("most_in_flight_bytes"u8, (long)account.MostInFlight);
        json.BeginArray("marks"u8);
        foreach ((SegmentMarks mark, long segments) in account.Marks.OrderBy(static pair => pair.Key))
        {
            json.BeginObject();
            json.Text("mark"u8, Snake(mark.Name));
            json.Number("segments"u8, segments);
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("retransmissions"u8);
        foreach ((RetransmissionKind kind, long segments) in account.Retransmissions.OrderBy(static pair => pair.Key))
        {
            json.BeginObject();
            json.Text("kind"u8, Snake(kind.Name));
            json.Number("segments"u8, segments);
            json.EndObject();
        }

        json.EndArray();
        json.EndObject();
    }

    private static long? Nanoseconds(TimeSpan? time) => time?.Ticks * TimeSpan.NanosecondsPerTick;
}
