using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>
/// Changes settings so that it can always be undone: the journal first, then the settings one by one, each read back, then the file
/// that makes them last, then the journal again. What fails is put back at once; what is killed half-way is found in the journal by
/// whoever comes next.
/// <code>
/// TuneEntry change = tuner.Apply(request);
/// UndoPlan plan = tuner.PlanUndo(change);      // what would happen, and whether somebody else had a hand in it
/// tuner.Undo(plan);
/// </code>
/// </summary>
/// <param name="paths">Where the journal and the file are.</param>
/// <param name="clock">What time it is.</param>
public sealed class Tuner(TunePaths paths, TimeProvider clock)
{
    private readonly SysctlReader _reader = new();
    private readonly SysctlWriter _writer = new();
    private readonly TuneJournal _journal = new(paths.Journal);

    public TuneHistory History() => _journal.Read();

    /// <summary>Makes a change, whole or not at all.</summary>
    /// <exception cref="IOException">It could not be made; everything is as it was, or the message says what is not.</exception>
    public TuneEntry Apply(TuneRequest request) => NamespaceScope.Run(request.Place, () => ApplyHere(request));

    /// <summary>Looks at what taking a change back would meet. Changes nothing.</summary>
    /// <exception cref="SystemCallException">The namespace may not be entered, or the file not read.</exception>
    public UndoPlan PlanUndo(TuneEntry entry)
    {
        NetworkNamespace? place = TunePlaces.Find(entry.Place);
        DropIn? file = entry.TouchesFile ? DropIn.Read(paths.DropIn) : null;
        string?[] values = place is null ? [] : NamespaceScope.Run(place, () => ValuesOf(entry));
        List<UndoStep> steps = [];
        for (int i = 0; i < entry.Changes.Count; i++)
        {
            steps.Add(new UndoStep(entry.Changes[i], place is null ? null : values[i], file?.ValueOf(entry.Changes[i].Key)));
        }

        return new UndoPlan(entry, place, steps, entry.Place.BootId != TunePlaces.BootId);
    }

    /// <summary>Takes a change back, whole or not at all. One whose namespace is gone is marked as that.</summary>
    /// <param name="plan">What was shown; if it is no longer so, nothing is done.</param>
    /// <param name="isByItself">Nobody asked for it: its time was over. Then what somebody else has set since is left alone; the journal says so.</param>
    /// <exception cref="IOException">It could not be taken back.</exception>
    public TuneEntry Undo(UndoPlan plan, bool isByItself = false)
    {
        using TuneLock turn = TuneLock.Take(paths);
        CheckStillSo(plan.Entry);
        if (plan.Place is { } place)
        {
            NamespaceScope.Run(place, () => UndoHere(plan, isByItself));
        }
        else
        {
            Record(plan.Entry.Number, TuneEventKind.Abandoned, "its network namespace is gone");
        }

        return _journal.Read()[plan.Entry.Number]!;
    }

    /// <summary>Keeps a change that would be put back by itself, and makes it last if it was meant to.</summary>
    /// <exception cref="IOException">It is not in force any more, or could not be written.</exception>
    public TuneEntry Confirm(UndoPlan plan)
    {
        using TuneLock turn = TuneLock.Take(paths);
        TuneEntry entry = plan.Entry;
        CheckStillSo(entry);
        foreach (UndoStep step in plan.Steps)
        {
            if (!SettingText.Same(step.Change.Key, step.Now, step.Change.Set))
            {
                throw new IOException($"could not confirm change {entry.Number}: {step.Change.Key} is {SettingText.Normalize(step.Now ?? "gone")} and not {step.Change.Set}; set it again");
            }
        }

        DropIn? file = entry.Persists ? DropIn.Read(paths.DropIn) : null;
        IReadOnlyList<TuneChange> changes = entry.State == TuneState.Confirming ? entry.Changes : WithLines(entry.Changes, file);
        _journal.Append(new TuneEvent(entry.Number, TuneEventKind.Confirming, clock.GetUtcNow()) { Changes = changes });
        WriteFile(file, entry.Number, entry.Reason, changes);
        Record(entry.Number, TuneEventKind.Confirmed);
        return _journal.Read()[entry.Number]!;
    }

    private TuneEntry ApplyHere(TuneRequest request)
    {
        using TuneLock turn = TuneLock.Take(paths);
        TuneHistory history = _journal.Read();
        if (history.Unfinished is { } open)
        {
            throw new IOException($"could not begin: change {open.Number} was interrupted; first: tcplens tune undo {open.Number}");
        }

        foreach (TuneChange change in request.Changes)
        {
            if (!SettingText.Same(change.Key, _reader.Read(change.Key), change.Before))
            {
                throw new IOException($"could not begin: somebody else has just changed {change.Key}; nothing was changed, look again");
            }
        }

        DropIn? file = request.Persists ? DropIn.Read(paths.DropIn) : null;
        TuneEntry entry = Begin(request, history.Entries is [.., var last] ? last.Number + 1 : 1, file);
        var transaction = new TuneTransaction(_reader, _writer, file);
        try
        {
            Guard(entry, request.RevertAfter);
            foreach (TuneChange change in entry.Changes)
            {
                transaction.Set(change.Key, change.Before, change.Set);
            }

            WriteFile(request.RevertAfter is null ? file : null, entry.Number, entry.Reason, entry.Changes);
            Record(entry.Number, TuneEventKind.Done);
        }
        catch (Exception failure)
        {
            throw PutBack(transaction, entry, TuneEventKind.RolledBack, failure);
        }

        return _journal.Read()[entry.Number]!;
    }

    /// <summary>Writes ahead what is about to be done.</summary>
    private TuneEntry Begin(TuneRequest request, int number, DropIn? file)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var entry = new TuneEntry(number, now, TunePlaces.Describe(request.Place), WithLines(request.Changes, file))
        {
            Reason = request.Reason,
            Persists = request.Persists,
            RevertAt = request.RevertAfter is { } time ? now + time : null,
        };
        _journal.Append(new TuneEvent(number, TuneEventKind.Started, now) { Entry = entry });
        return entry;
    }

    /// <summary>The one who puts it back must be there before there is anything to put back: the change itself may cut us off.</summary>
    private void Guard(TuneEntry entry, TimeSpan? time)
    {
        if (time is { } patience)
        {
            int pid = RevertGuardian.Start(paths, entry.Number, patience);
            _journal.Append(new TuneEvent(entry.Number, TuneEventKind.Guarded, clock.GetUtcNow()) { GuardianPid = pid });
        }
    }

    private void UndoHere(UndoPlan plan, bool isByItself)
    {
        TuneEntry entry = plan.Entry;
        DropIn? file = entry.TouchesFile ? DropIn.Read(paths.DropIn) : null;
        CheckStillSo(plan, file);
        Record(entry.Number, TuneEventKind.Undoing);
        var transaction = new TuneTransaction(_reader, _writer, file);
        List<string> notes = isByItself ? ["by itself: nobody confirmed it in time"] : [];
        try
        {
            foreach (UndoStep step in plan.Steps.Reverse())
            {
                if (isByItself && step.IsForeign)
                {
                    notes.Add($"{step.Change.Key} was left at {SettingText.Normalize(step.Now!)}, which somebody else has set");
                }
                else if (step.Now is not null)
                {
                    transaction.Set(step.Change.Key, step.Now, step.Change.Before);
                }
            }

            RestoreFile(file, plan, keepsForeign: isByItself);
            Record(entry.Number, TuneEventKind.Undone, string.Join("; ", notes));
        }
        catch (Exception failure)
        {
            throw PutBack(transaction, entry, entry.IsUnfinished ? TuneEventKind.Stuck : TuneEventKind.UndoFailed, failure);
        }
    }

    private static void RestoreFile(DropIn? file, UndoPlan plan, bool keepsForeign)
    {
        bool isChanged = false;
        foreach (UndoStep step in plan.Steps)
        {
            if (file is not null && !(keepsForeign && step.IsFileForeign) && file.LinesOf(step.Change.Key) != step.Change.LinesBefore)
            {
                file.Restore(step.Change.Key, step.Change.LinesBefore);
                isChanged = true;
            }
        }

        if (isChanged)
        {
            file!.Save();
        }
    }

    /// <summary>After a failure: puts back what was done, tells the journal, and gives the error to throw.</summary>
    private IOException PutBack(TuneTransaction transaction, TuneEntry entry, TuneEventKind whenBack, Exception failure)
    {
        IReadOnlyList<string> stuck = transaction.RollBack();
        string outcome = stuck.Count == 0
            ? "nothing was changed"
            : $"and not everything could be put back ({string.Join("; ", stuck)}): tcplens tune undo {entry.Number} tries again";
        try
        {
            Record(entry.Number, stuck.Count == 0 ? whenBack : TuneEventKind.Stuck, failure.Message);
        }
        catch (SystemCallException untold)
        {
            outcome += $"; the journal could not be told ({untold.Message})";
        }

        return new IOException($"{failure.Message}; {outcome}", failure);
    }

    private void WriteFile(DropIn? file, int number, string reason, IReadOnlyList<TuneChange> changes)
    {
        if (file is null)
        {
            return;
        }

        foreach (TuneChange change in changes)
        {
            file.Set(change.Key, change.Set, $"{number}, {clock.GetUtcNow():yyyy-MM-dd}{(reason.Length == 0 ? "" : ": " + reason)}");
        }

        file.Save();
    }

    private void CheckStillSo(TuneEntry entry)
    {
        if (_journal.Read()[entry.Number]?.State != entry.State)
        {
            throw new IOException($"could not go on: somebody else has just dealt with change {entry.Number}; see: tcplens tune journal");
        }
    }

    private void CheckStillSo(UndoPlan plan, DropIn? file)
    {
        foreach (UndoStep step in plan.Steps)
        {
            string? now = _reader.Read(step.Change.Key);
            if ((now != step.Now && !SettingText.Same(step.Change.Key, now, step.Now)) || file?.ValueOf(step.Change.Key) != step.InFile)
            {
                throw new IOException($"could not go on: somebody else has just changed {step.Change.Key}; nothing was changed, look again");
            }
        }
    }

    private string?[] ValuesOf(TuneEntry entry) => [.. entry.Changes.Select(change => _reader.Read(change.Key))];

    private static TuneChange[] WithLines(IReadOnlyList<TuneChange> changes, DropIn? file)
        => [.. changes.Select(change => change with { LinesBefore = file?.LinesOf(change.Key) })];

    private void Record(int number, TuneEventKind kind, string note = "")
        => _journal.Append(new TuneEvent(number, kind, clock.GetUtcNow()) { Note = note });
}
