using System.Text;
using TcpLens.Capture;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The overview of a capture as one document, schema "tcplens.analyze/1" (docs/json.md).</summary>
internal static class OverviewJson
{
    private const int Talkers = 20;

    /// <summary>taken_at is the time of the first packet.</summary>
    public static void Write(Utf8Writer output, CaptureAccount account, CaptureOverview overview, CaptureFacts facts, IReadOnlyList<Finding> findings)
    {
        using var json = new JsonDocumentWriter(output);
        json.BeginDocument("tcplens.analyze/1"u8, Environment.MachineName, CaptureTime.Of(account.First ?? default));
        WriteAccount(json, account);
        json.Number("connections"u8, overview.Connections);
        json.Number("connections_begun_here"u8, overview.Begun);
        json.Number("connections_evicted"u8, account.Evicted);
        json.Number("segments"u8, overview.Segments);
        json.Number("data_segments"u8, overview.DataSegments);
        json.Number("payload_bytes"u8, overview.PayloadOctets);
        WriteOutcomes(json, facts);
        WriteStates(json, overview.States);
        WriteHandshakes(json, overview.HandshakeRtt);
        WriteMarks(json, facts);
        WriteTalkers(json, overview.Talkers);
        WriteSigns(json, facts);
        json.BeginArray("findings"u8);
        foreach (Finding finding in findings)
        {
            json.BeginObject();
            DoctorJson.WriteFinding(json, finding);
            json.EndObject();
        }

        json.EndArray();
        json.EndDocument();
    }

    private static void WriteAccount(JsonDocumentWriter json, CaptureAccount account)
    {
        json.BeginArray("files"u8);
        foreach ((string name, CaptureReader reader) in account.Files)
        {
            json.BeginObject();
            json.Text("name"u8, name);
            json.Text("format"u8, reader.Format.Length == 0 ? null : reader.Format);
            json.Number("packets"u8, reader.Tally.Packets);
            json.Number("file_bytes"u8, reader.Tally.FileOctets);
            json.Number("first_ns"u8, reader.Tally.First?.Nanoseconds);
            json.Number("last_ns"u8, reader.Tally.Last?.Nanoseconds);
            json.Number("damages"u8, reader.Tally.Damages);
            json.EndObject();
        }

        json.EndArray();
        json.Text("packet_filter"u8, account.PacketFilter);
        json.Flag("was_interrupted"u8, account.WasInterrupted);
        json.Number("packets"u8, account.Packets);
        json.Number("packet_bytes"u8, account.Octets);
        json.Number("captured_bytes"u8, account.CapturedOctets);
        json.Number("first_ns"u8, account.First?.Nanoseconds);
        json.Number("last_ns"u8, account.Last?.Nanoseconds);
        json.Number("truncated_packets"u8, account.Truncated);
        json.Number("times_backwards"u8, account.TimesBackwards);
        json.Number("dropped_by_capture"u8, account.Dropped);
        json.BeginArray("packets_by_kind"u8);
        foreach (PacketKind kind in Enum.GetValues<PacketKind>())
        {
            json.BeginObject();
            json.Text("kind"u8, CaptureAccount.NameOf(kind));
            json.Number("packets"u8, account.Of(kind));
            json.EndObject();
        }

        json.EndArray();
        json.Texts("doubts"u8, account.Doubts());
        json.BeginArray("damage"u8);
        foreach ((string file, CaptureDamage damage) in account.AllDamage())
        {
            json.BeginObject();
            json.Text("file"u8, file);
            json.Number("offset_bytes"u8, damage.Offset);
            json.Number("behind_packet"u8, damage.Packet);
            json.Text("text"u8, damage.Text);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteOutcomes(JsonDocumentWriter json, CaptureFacts facts)
    {
        json.BeginArray("outcomes"u8);
        foreach (OutcomeSum sum in facts.Outcomes.Values.OrderBy(static sum => sum.Outcome))
        {
            json.BeginObject();
            json.Text("outcome"u8, ConnectionJson.Snake(sum.Outcome.Name));
            json.Number("connections"u8, sum.Connections);
            json.Number("packets"u8, sum.Packets);
            json.Number("payload_bytes"u8, sum.PayloadOctets);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteStates(JsonDocumentWriter json, StateTally states)
    {
        json.BeginArray("states"u8);
        foreach (ConnectionEnd end in Enum.GetValues<ConnectionEnd>())
        {
            foreach (TcpState state in LifeOrder.States)
            {
                json.BeginObject();
                json.Text("end"u8, ConnectionJson.NameOf(end));
                json.Word("state"u8, TcpStateNames.Utf8Name(state, StateSpelling.Snake));
                json.Number("seen"u8, states.Of(end, state, Certainty.Seen));
                json.Number("inferred"u8, states.Of(end, state, Certainty.Inferred));
                json.EndObject();
            }
        }

        json.EndArray();
        json.Number("originators_unknown"u8, states.Unknown(ConnectionEnd.Originator));
        json.Number("responders_unknown"u8, states.Unknown(ConnectionEnd.Responder));
    }

    private static void WriteHandshakes(JsonDocumentWriter json, DurationHistogram histogram)
    {
        bool isAny = histogram.Count > 0;
        json.BeginObject("handshake_rtt"u8);
        json.Number("count"u8, histogram.Count);
        json.Number("least_ns"u8, isAny ? histogram.Least : null);
        json.Number("p50_ns"u8, isAny ? histogram.Percentile(0.5) : null);
        json.Number("p90_ns"u8, isAny ? histogram.Percentile(0.9) : null);
        json.Number("p99_ns"u8, isAny ? histogram.Percentile(0.99) : null);
        json.Number("most_ns"u8, isAny ? histogram.Most : null);
        json.BeginArray("steps"u8);
        foreach (DurationStep step in histogram.Steps(64))
        {
            json.BeginObject();
            json.Number("from_ns"u8, step.From);
            json.Number("to_ns"u8, step.To);
            json.Number("count"u8, step.Count);
            json.EndObject();
        }

        json.EndArray();
        json.EndObject();
    }

    private static void WriteMarks(JsonDocumentWriter json, CaptureFacts facts)
    {
        json.BeginArray("marks"u8);
        foreach (MarkSum sum in AnomalyOrder.Of(facts).Concat(AnomalyOrder.NotesOf(facts)))
        {
            MarkInfo info = AnomalyOrder.InfoOf(sum.Mark);
            json.BeginObject();
            json.Text("mark"u8, ConnectionJson.Snake(sum.Mark.Name));
            json.Word("weight"u8, Encoding.ASCII.GetBytes(info.Weight.ToString().ToLowerInvariant()));
            json.Number("segments"u8, sum.Segments);
            json.Number("connections"u8, sum.Connections);
            json.Text("meaning"u8, info.Meaning);
            json.BeginArray("worst"u8);
            foreach (NotedConnection worst in sum.Worst)
            {
                json.BeginObject();
                json.Number("number"u8, worst.Number);
                json.Number("segments"u8, worst.Count);
                json.EndObject();
            }

            json.EndArray();
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("retransmissions"u8);
        foreach ((RetransmissionKind kind, long segments) in facts.Retransmissions.OrderBy(static pair => pair.Key))
        {
            json.BeginObject();
            json.Text("kind"u8, ConnectionJson.Snake(kind.Name));
            json.Number("segments"u8, segments);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteTalkers(JsonDocumentWriter json, TalkerTally talkers)
    {
        WriteHosts(json, "talkers_by_octets"u8, talkers.ByOctets(Talkers), "ip_bytes"u8, "ip_bytes_error"u8);
        WriteHosts(json, "talkers_by_connections"u8, talkers.ByConnections(Talkers), "connections"u8, "connections_error"u8);
        json.BeginArray("services"u8);
        foreach (HeavyHitter<Endpoint, TalkerNote> service in talkers.Services(Talkers))
        {
            json.BeginObject();
            ConnectionJson.Endpoint(json, "address"u8, "port"u8, service.Key);
            json.Number("ip_bytes"u8, service.Weight);
            json.Number("ip_bytes_error"u8, service.Error);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteHosts(JsonDocumentWriter json, ReadOnlySpan<byte> name, IReadOnlyList<HeavyHitter<HostAddress, TalkerNote>> hosts, ReadOnlySpan<byte> weight, ReadOnlySpan<byte> error)
    {
        json.BeginArray(name);
        foreach (HeavyHitter<HostAddress, TalkerNote> host in hosts)
        {
            json.BeginObject();
            json.Text("address"u8, host.Key.ToString());
            json.Number(weight, host.Weight);
            json.Number(error, host.Error);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteSigns(JsonDocumentWriter json, CaptureFacts facts)
    {
        json.BeginArray("syn_targets"u8);
        foreach (SynTarget target in facts.SynTargets)
        {
            json.BeginObject();
            ConnectionJson.Endpoint(json, "address"u8, "port"u8, target.Target);
            json.Number("unfinished"u8, target.Unfinished);
            json.Number("unfinished_error"u8, target.Error);
            json.Number("sources_estimated"u8, target.Sources);
            json.EndObject();
        }

        json.EndArray();
        json.BeginArray("scan_sources"u8);
        foreach (ScanSource source in facts.ScanSources)
        {
            json.BeginObject();
            json.Text("address"u8, source.Source.ToString());
            json.Number("attempts"u8, source.Attempts);
            json.Number("attempts_error"u8, source.Error);
            json.Number("ports_estimated"u8, source.Ports);
            json.Number("hosts_estimated"u8, source.Hosts);
            json.EndObject();
        }

        json.EndArray();
        json.Texts("signs"u8, ScanSigns.Of(facts));
    }
}
