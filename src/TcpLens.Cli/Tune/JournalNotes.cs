using TcpLens.Linux;

namespace TcpLens.Cli.Tune;

/// <summary>What the journal has to say before anything else: changes that were interrupted or are overdue, and lines that cannot be read.</summary>
internal static class JournalNotes
{
    public static void Say(Session session, TunePaths paths)
    {
        TuneHistory history = new TuneJournal(paths.Journal).Read();
        foreach (int line in history.Unreadable)
        {
            session.Error.Warning($"{paths.Journal}: line {line} cannot be read; a crash tore it, or somebody edited it");
        }

        if (history.Unfinished is not null && TuneLock.IsHeld(paths))
        {
            session.Error.Hint("another tcplens changes settings right now");
            return;
        }

        foreach (TuneEntry entry in history.Entries)
        {
            if (entry.IsUnfinished)
            {
                session.Error.Warning(Interrupted(entry));
            }
            else if (entry.IsOverdue(session.Clock.GetUtcNow()))
            {
                session.Error.Warning(
                    $"change {entry.Number} was to be confirmed by {entry.RevertAt:yyyy-MM-dd HH:mm:ss} UTC, and the process that would put it back is gone; "
                    + $"put it back: tcplens tune undo {entry.Number}; keep it: tcplens tune confirm {entry.Number}");
            }
        }
    }

    private static string Interrupted(TuneEntry entry)
    {
        string during = entry.State switch
        {
            TuneState.Confirming => "while it was confirmed",
            TuneState.Undoing => "while it was taken back",
            _ => "before its end",
        };
        string why = entry.Note.Length == 0 ? "" : $" ({entry.Note})";
        return $"change {entry.Number} of {entry.StartedAt:yyyy-MM-dd HH:mm} UTC was interrupted {during}{why}: some of its settings may be in force; to put all of them back: tcplens tune undo {entry.Number}";
    }
}
