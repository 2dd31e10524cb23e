using TcpLens.Cli.Rendering;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>The kill command for people: the sockets before, and what became of them after.</summary>
internal sealed class KillReport(Session session, LiveMachine machine, ListLayout layout)
{
    private const int RowsOfEachReason = 20;

    /// <summary>The sockets as a table; of very many only the first.</summary>
    public void ShowBefore(List<KeptSocket> sockets, int most)
    {
        if (sockets.Count > 0)
        {
            WriteRows(sockets, most, layout, indent: 0);
            session.Output.Flush();
        }
    }

    public void ShowAfter(IReadOnlyList<KillResult> results)
    {
        if (results.Count == 0)
        {
            Say("nothing matches, so nothing was closed");
        }

        List<KillResult> closed = [.. results.Where(static result => result.Outcome == KillOutcome.Closed)];
        if (Count(results, KillOutcome.WouldClose) is > 0 and var would)
        {
            Say($"would close {would:N0}; with --dry-run nothing was closed");
        }

        if (closed.Count > 0)
        {
            Say($"closed {closed.Count:N0}. {string.Join(' ', KillEffects.Of(closed))}");
        }

        if (Count(results, KillOutcome.Vanished) is > 0 and var vanished)
        {
            Say($"{vanished:N0} had gone before {(vanished == 1 ? "its" : "their")} turn");
        }

        ShowWhatIsLeft(results, KillOutcome.Refused, "not closed");
        ShowWhatIsLeft(results, KillOutcome.NotTried, "not tried");
    }

    private void ShowWhatIsLeft(IReadOnlyList<KillResult> results, KillOutcome outcome, string word)
    {
        foreach (IGrouping<string?, KillResult> reason in results.Where(result => result.Outcome == outcome).GroupBy(static result => result.Reason))
        {
            List<KeptSocket> sockets = [.. reason.Select(static result => result.Socket)];
            Say($"{word} {sockets.Count:N0}: {reason.Key}");
            WriteRows(sockets, RowsOfEachReason, layout with { HasHeader = false }, indent: 2);
        }
    }

    private void WriteRows(List<KeptSocket> sockets, int most, ListLayout rows, int indent)
    {
        using var sink = new TableSink(session, machine, rows, indent);
        foreach (KeptSocket socket in sockets.Take(most))
        {
            sink.Write(in socket.Entry, socket.Detail);
        }

        sink.Complete();
        if (sockets.Count > most)
        {
            session.Output.WriteSpaces(indent);
            Say($"… and {sockets.Count - most:N0} more");
        }
    }

    private static int Count(IReadOnlyList<KillResult> results, KillOutcome outcome) => results.Count(result => result.Outcome == outcome);

    private void Say(string sentence) => Prose.Write(session.Output, sentence, session.Style.Columns, indent: 2);
}
