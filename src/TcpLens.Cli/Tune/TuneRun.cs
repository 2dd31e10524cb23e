using TcpLens.Cli.Rendering;
using TcpLens.Diagnosis;
using TcpLens.Linux;

namespace TcpLens.Cli.Tune;

/// <summary>One change from the plan to the last line: shown, asked, made, and how it is taken back.</summary>
internal static class TuneRun
{
    private const string Without = "nobody is there who could see the plan and say yes: add --yes, or --dry-run to see the plan only";

    /// <summary>Changes settings of the namespace that the session is about.</summary>
    /// <param name="session">Where the plan is shown and the question asked.</param>
    /// <param name="paths">Where the journal is.</param>
    /// <param name="ground">The namespace, and what is set in it.</param>
    /// <param name="wanted">The settings; checked here, whoever proposes them.</param>
    /// <param name="reason">For the journal and the file.</param>
    /// <param name="options">How.</param>
    /// <param name="measure">Looks whether the symptom went, after a change that was made; null when there is none.</param>
    /// <exception cref="UsageException">A setting cannot be changed, or nobody can be asked.</exception>
    /// <exception cref="IOException">The change failed, and everything is as it was.</exception>
    public static int Apply(Session session, TunePaths paths, TuneGround ground, IReadOnlyList<SettingChange> wanted, string reason, TuneOptions options, Func<Aftermath>? measure = null)
    {
        TunePlan plan = TunePlan.Make(ground, wanted, reason, options);
        if (options is { MayAsk: true, OnlyPlan: false } && !plan.IsEmpty && (session.Json || !Confirmation.IsPossible))
        {
            throw new UsageException(Without);
        }

        JournalNotes.Say(session, paths);
        if (!session.Json)
        {
            new PlanPage(plan, session.Style).WriteTo(session.Output);
            session.Output.Flush();
        }

        (string outcome, TuneEntry? entry) = Decide(session, paths, plan, options);
        if (!session.Json)
        {
            Prose.Write(session.Output, Told(outcome, entry), session.Style.Columns);
            session.Output.Flush();
        }

        Aftermath? after = entry is null ? null : measure?.Invoke();
        if (session.Json)
        {
            ChangeJson.Write(session, plan, outcome, entry, after);
        }
        else if (after is not null)
        {
            Prose.Write(session.Output, after.Text, session.Style.Columns);
        }

        return 0;
    }

    private static (string Outcome, TuneEntry? Entry) Decide(Session session, TunePaths paths, TunePlan plan, TuneOptions options)
    {
        if (options.OnlyPlan)
        {
            return ("planned", null);
        }

        if (plan.IsEmpty)
        {
            return ("unchanged", null);
        }

        if (options.MayAsk && !Confirmation.Ask(session.Error, "Apply?"))
        {
            return ("declined", null);
        }

        // Ctrl-C waits for the end: it is milliseconds away, and half a change is none.
        using var interruption = new Interruption();
        TuneEntry entry = new Tuner(paths, session.Clock).Apply(plan.ToRequest());
        return (entry.State == TuneState.Waiting ? "waiting" : "applied", entry);
    }

    private static string Told(string outcome, TuneEntry? entry) => outcome switch
    {
        "planned" => "Nothing was changed (--dry-run).",
        "unchanged" => "It is so already: nothing was changed.",
        "declined" => "Nothing was changed.",
        "waiting" => $"Change {entry!.Number} is in force until {entry.RevertAt:HH:mm:ss} UTC. To keep it: tcplens tune confirm {entry.Number}. To take it back now: tcplens tune undo {entry.Number}",
        _ => $"Change {entry!.Number} is in force. To take it back: tcplens tune undo {entry.Number}",
    };
}
