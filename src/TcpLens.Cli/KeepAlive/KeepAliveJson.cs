using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>The keep-alive survey for programs: one document.</summary>
internal static class KeepAliveJson
{
    public static ReadOnlySpan<byte> WordOf(KeepAliveState state) => state switch
    {
        KeepAliveState.Unknown => "unknown"u8,
        KeepAliveState.Off => "off"u8,
        KeepAliveState.On => "on"u8,
    };

    /// <param name="session">Where it goes.</param>
    /// <param name="machine">Tells owners and what was not seen.</param>
    /// <param name="survey">The connections.</param>
    /// <param name="defaults">The machine's settings.</param>
    /// <param name="withEach">Every connection too, not only the sums.</param>
    public static void Write(Session session, LiveMachine machine, KeepAliveSurvey survey, KeepAliveDefaults defaults, bool withEach)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.keepalive/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        WriteDefaults(json, defaults);
        json.Number("connections"u8, (long)survey.Rows.Count);
        json.Number("on"u8, (long)survey.Count(KeepAliveState.On));
        json.Number("off"u8, (long)survey.Count(KeepAliveState.Off));
        json.Number("unknown"u8, (long)survey.Count(KeepAliveState.Unknown));
        json.Number("asked"u8, (long)survey.Asked);
        json.Texts("inferred"u8, survey.Inferred);
        json.BeginArray("groups"u8);
        foreach (KeepAliveGroup group in KeepAliveGroup.Of(survey, machine))
        {
            WriteGroup(json, group);
        }

        json.EndArray();
        if (withEach)
        {
            WriteEach(json, machine, survey);
        }
        else
        {
            json.Null("sockets"u8);
        }

        json.Texts("not_seen"u8, machine.BlindSpots.Select(static blind => blind.ToString()));
        json.EndDocument();
    }

    private static void WriteDefaults(JsonDocumentWriter json, KeepAliveDefaults defaults)
    {
        json.BeginObject("defaults"u8);
        json.Number("idle_seconds"u8, defaults.Setting("net.ipv4.tcp_keepalive_time"));
        json.Number("interval_seconds"u8, defaults.Setting("net.ipv4.tcp_keepalive_intvl"));
        json.Number("probes"u8, defaults.Setting("net.ipv4.tcp_keepalive_probes"));
        json.Number("noticed_after_seconds"u8, defaults.KeepAlive.Duration?.TotalSeconds);
        json.Number("unacknowledged_data_seconds"u8, defaults.Retransmission.Duration?.TotalSeconds);
        json.EndObject();
    }

    private static void WriteGroup(JsonDocumentWriter json, KeepAliveGroup group)
    {
        json.BeginObject();
        json.Number("pid"u8, (long?)group.Process?.Pid);
        json.Text("command"u8, group.Process?.Command);
        json.Number("connections"u8, (long)group.Connections);
        json.Number("on"u8, (long)group.On);
        json.Number("off"u8, (long)group.Off);
        json.Number("unknown"u8, (long)group.Unknown);
        json.Number("longest_silence_ms"u8, (long?)group.LongestSilence?.TotalMilliseconds);
        json.Number("noticed_after_least_seconds"u8, group.NoticedAfter?.Least.TotalSeconds);
        json.Number("noticed_after_most_seconds"u8, group.NoticedAfter?.Most.TotalSeconds);
        json.EndObject();
    }

    private static void WriteEach(JsonDocumentWriter json, LiveMachine machine, KeepAliveSurvey survey)
    {
        var socketJson = new SocketJson(json, machine, withOwners: true, withInfo: false, withMemory: false);
        json.BeginArray("sockets"u8);
        foreach (KeepAliveRow row in survey.Rows)
        {
            KeepAliveReading reading = row.Reading;
            json.BeginObject();
            json.Word("keepalive"u8, WordOf(reading.State));
            json.Flag("is_exact"u8, reading.IsExact);
            json.Number("silence_ms"u8, (long?)reading.Silence?.TotalMilliseconds);
            json.Number("first_probe_after_ms"u8, (long?)reading.FirstProbeAfter?.TotalMilliseconds);
            json.Number("next_probe_ms"u8, (long?)reading.NextProbe?.TotalMilliseconds);
            json.Number("noticed_after_seconds"u8, reading.NoticedAfter?.TotalSeconds);
            json.Number("idle_seconds"u8, (long?)reading.Options?.IdleSeconds);
            json.Number("interval_seconds"u8, (long?)reading.Options?.IntervalSeconds);
            json.Number("probes"u8, (long?)reading.Options?.Probes);
            json.Number("user_timeout_ms"u8, (long?)reading.Options?.UserTimeoutMilliseconds);
            socketJson.Write(in row.Entry, null);
            json.EndObject();
        }

        json.EndArray();
    }
}
