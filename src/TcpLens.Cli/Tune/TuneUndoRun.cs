using TcpLens.Cli.Rendering;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli.Tune;

/// <summary>Taking a change back, and keeping one for good: both look first at what has become of it.</summary>
internal sealed class TuneUndoRun(Session session, TunePaths paths)
{
    private readonly Tuner _tuner = new(paths, session.Clock);

    /// <param name="number">Which change; null: the last that can be taken back.</param>
    /// <param name="saidYes">Do not ask, even when somebody else has changed the same settings since.</param>
    public int Undo(int? number, bool saidYes)
    {
        UndoPlan plan = _tuner.PlanUndo(Find(number, "taken back", static entry => entry.CanBeUndone));
        if (!session.Json)
        {
            Show(plan);
        }

        if (Question(plan) is { } question && !saidYes)
        {
            if (session.Json || !Confirmation.IsPossible)
            {
                throw new UsageException($"{question} Nobody is there to say so: add --yes");
            }

            if (!Confirmation.Ask(session.Error, question))
            {
                return Told(plan, "declined", "Nothing was changed.");
            }
        }

        using var interruption = new Interruption();
        TuneEntry entry = _tuner.Undo(plan);
        return entry.State == TuneState.Abandoned
            ? Told(plan, "abandoned", $"Change {entry.Number} is marked as gone with its namespace.")
            : Told(plan, "undone", $"Change {entry.Number} is taken back.");
    }

    public int Confirm(int? number)
    {
        TuneEntry entry = Find(number, "confirmed", static entry => entry.State is TuneState.Waiting or TuneState.Confirming);
        UndoPlan plan = _tuner.PlanUndo(entry);
        if (plan.IsAfterRestart)
        {
            throw new UsageException($"change {entry.Number}: the machine was restarted since, and it went with that; set it again");
        }

        using var interruption = new Interruption();
        _tuner.Confirm(plan);
        return Told(plan, "confirmed", $"Change {entry.Number} stays{(entry.Persists ? $", and {TunePaths.DropInName} keeps it over restarts" : "")}. To take it back: tcplens tune undo {entry.Number}");
    }

    private TuneEntry Find(int? number, string done, Func<TuneEntry, bool> fits)
    {
        TuneHistory history = _tuner.History();
        if (number is null)
        {
            return history.Entries.LastOrDefault(fits) ?? throw new UsageException($"there is no change that can be {done}; see: tcplens tune journal");
        }

        return history[number.Value] switch
        {
            null => throw new UsageException($"there is no change {number}; see: tcplens tune journal"),
            var entry when fits(entry) => entry,
            _ => throw new UsageException($"change {number} cannot be {done}, as it stands; see: tcplens tune journal"),
        };
    }

    /// <summary>What must be asked before; null when what was asked for is what will happen.</summary>
    private static string? Question(UndoPlan plan)
    {
        string name = TuneGround.NameOf(plan.Entry.Place.Name, plan.Entry.Place.IsHost);
        if (plan.Place is null)
        {
            return $"{name} is gone or cannot be seen from here; mark change {plan.Entry.Number} as gone with it?";
        }

        return plan.HasForeignChanges
            ? $"{(plan.IsAfterRestart ? "The machine was restarted" : "Somebody else has changed settings")} since change {plan.Entry.Number}; put back what was before it?"
            : null;
    }

    private void Show(UndoPlan plan)
    {
        var table = new TableWriter(
            session.Output, session.Style, [new Column("Setting"), new Column("Before"), new Column("Set"), new Column("Now"), new Column("")], TableWriter.WholeTable);
        foreach (UndoStep step in plan.Steps)
        {
            table.Text(step.Change.Key);
            table.Text(SettingText.Normalize(step.Change.Before));
            table.Text(step.Change.Set);
            table.Text(step.Now is { } value ? SettingText.Normalize(value) : null, step.IsForeign ? Ink.Bold : Ink.Normal);
            table.Text(Remark(step), Ink.Dim);
            table.EndRow();
        }

        table.Complete();
        session.Output.Flush();
    }

    private static string Remark(UndoStep step) => step switch
    {
        { IsForeign: true } => "set by somebody else since",
        { IsFileForeign: true } => $"{TunePaths.DropInName} was edited since: it says {step.InFile}",
        { Now: null } => "is not there any more",
        { IsBack: true } => "is back already",
        _ => "",
    };

    private int Told(UndoPlan plan, string outcome, string sentence)
    {
        if (session.Json)
        {
            ChangeJson.Write(session, plan, outcome);
        }
        else
        {
            Prose.Write(session.Output, sentence, session.Style.Columns);
        }

        return 0;
    }
}
