using TcpLens.Cli.Rendering;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>The kill command for programs: one document with every socket that matched and what became of it.</summary>
internal static class KillJson
{
    public static void Write(Session session, LiveMachine machine, IReadOnlyList<KillResult> results, bool isDryRun, bool wasInterrupted)
    {
        using var json = new JsonDocumentWriter(session.Output);
        var socketJson = new SocketJson(json, machine, withOwners: true, withInfo: false, withMemory: false);
        json.BeginDocument("tcplens.kill/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.Flag("dry_run"u8, isDryRun);
        json.Flag("interrupted"u8, wasInterrupted);
        json.Number("matched"u8, (long)results.Count);
        json.Number("closed"u8, Count(KillOutcome.Closed));
        json.Number("vanished"u8, Count(KillOutcome.Vanished));
        json.Number("refused"u8, Count(KillOutcome.Refused));
        json.Number("not_tried"u8, Count(KillOutcome.NotTried));
        json.BeginArray("sockets"u8);
        foreach (KillResult result in results)
        {
            json.BeginObject();
            json.Word("outcome"u8, WordOf(result.Outcome));
            json.Text("reason"u8, result.Reason);
            json.Number("errno"u8, result.Errno == 0 ? null : (long?)result.Errno);
            socketJson.Write(in result.Socket.Entry, result.Socket.Detail);
            json.EndObject();
        }

        json.EndArray();
        json.Texts("not_seen"u8, machine.BlindSpots.Select(static blind => blind.ToString()));
        json.EndDocument();

        long Count(KillOutcome outcome) => results.Count(result => result.Outcome == outcome);
    }

    private static ReadOnlySpan<byte> WordOf(KillOutcome outcome) => outcome switch
    {
        KillOutcome.WouldClose => "would_close"u8,
        KillOutcome.Closed => "closed"u8,
        KillOutcome.Vanished => "vanished"u8,
        KillOutcome.Refused => "refused"u8,
        KillOutcome.NotTried => "not_tried"u8,
    };
}
