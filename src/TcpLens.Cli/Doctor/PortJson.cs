using System.Text;
using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>Who is in the way of a port as one document, schema "tcplens.port/1" (docs/json.md).</summary>
internal static class PortJson
{
    public static void Write(Session session, NetworkNamespace place, PortAnswer answer)
    {
        using var json = new JsonDocumentWriter(session.Output);
        json.BeginDocument("tcplens.port/1"u8, Environment.MachineName, session.Clock.GetUtcNow());
        json.Text("netns"u8, place.DisplayName);
        json.Number("port"u8, (long)answer.Port);
        json.Word("verdict"u8, Snake(answer.Verdict.ToString()));
        json.Text("summary"u8, answer.Summary);
        json.BeginArray("obstacles"u8);
        foreach (PortObstacle obstacle in answer.Obstacles)
        {
            json.BeginObject();
            Write(json, obstacle);
            json.EndObject();
        }

        json.EndArray();
        json.Texts("notes"u8, answer.Notes);
        json.EndDocument();
    }

    private static void Write(JsonDocumentWriter json, PortObstacle obstacle)
    {
        json.Word("kind"u8, Snake(obstacle.Kind.ToString()));
        json.Text("call"u8, obstacle.Call);
        json.Text("errno"u8, obstacle.Errno);
        json.Text("text"u8, obstacle.Text);
        json.Text("blocks"u8, obstacle.Blocks);
        json.Word("so_reuseaddr_helps"u8, Snake(obstacle.ReuseAddress.ToString()));
        json.Text("remedy"u8, obstacle.Remedy);
        json.Number("sockets"u8, (long)obstacle.Sockets);
        json.Text("state"u8, obstacle.Example?.State.Name(StateSpelling.Snake));
        json.Text("local_address"u8, obstacle.Example?.Local.Address.ToString());
        json.Text("remote"u8, obstacle.Example is { State: not (TcpState.Listen or TcpState.Closed) } connection ? connection.Remote.ToString() : null);
        json.Number("uid"u8, (long?)obstacle.Example?.UserId);
        json.Number("pid"u8, (long?)obstacle.Holder?.Pid);
        json.Text("command"u8, obstacle.Holder?.Command);
    }

    /// <summary>"IfBothHaveIt" as if_both_have_it.</summary>
    private static byte[] Snake(string name)
    {
        StringBuilder text = new();
        foreach (char letter in name)
        {
            text.Append(char.IsUpper(letter) && text.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(letter));
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
