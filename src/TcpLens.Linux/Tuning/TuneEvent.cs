namespace TcpLens.Linux;

/// <summary>What happens to a change; one line of the journal each.</summary>
internal enum TuneEventKind
{
    Started,
    Guarded,
    Done,
    RolledBack,

    /// <summary>Something failed, and putting it back failed too: the change stays unfinished.</summary>
    Stuck,
    Confirming,
    Confirmed,
    Undoing,

    /// <summary>Taking back failed, and is itself taken back: the change stands as before.</summary>
    UndoFailed,
    Undone,
    Abandoned,
}

/// <summary>One line of the journal.</summary>
/// <param name="Number">Of the change.</param>
/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
internal sealed record TuneEvent(int Number, TuneEventKind Kind, DateTimeOffset At)
{
    /// <summary>Of <see cref="TuneEventKind.Started"/> only: the change as it is meant.</summary>
    public TuneEntry? Entry { get; init; }

    /// <summary>Of <see cref="TuneEventKind.Confirming"/> only: the changes with what the file said before.</summary>
    public IReadOnlyList<TuneChange>? Changes { get; init; }

    public string Note { get; init; } = "";

    /// <summary>Of <see cref="TuneEventKind.Guarded"/> only.</summary>
    public int? GuardianPid { get; init; }

    /// <summary>The change after this event; null when there is none yet that it could be about.</summary>
    public TuneEntry? ApplyTo(TuneEntry? entry) => Kind switch
    {
        TuneEventKind.Started => Entry is null ? null : Entry with
        {
            State = TuneState.Started,
            ChangedAt = At,
            TouchesFile = Entry.Persists && Entry.RevertAt is null,
        },
        _ when entry is null => null,
        TuneEventKind.Guarded => entry with { GuardianPid = GuardianPid },
        TuneEventKind.Stuck => entry with { Note = Note },
        TuneEventKind.Confirming => entry with
        {
            State = TuneState.Confirming,
            ChangedAt = At,
            TouchesFile = entry.Persists,
            Changes = Changes ?? entry.Changes,
        },
        TuneEventKind.Confirmed => entry with { State = TuneState.Applied, ChangedAt = At, RevertAt = null },
        _ => entry with { State = StateAfter(entry), ChangedAt = At, Note = Note },
    };

    private TuneState StateAfter(TuneEntry entry) => Kind switch
    {
        TuneEventKind.Done or TuneEventKind.UndoFailed => entry.RevertAt is null ? TuneState.Applied : TuneState.Waiting,
        TuneEventKind.RolledBack => TuneState.RolledBack,
        TuneEventKind.Undoing => TuneState.Undoing,
        TuneEventKind.Undone => TuneState.Undone,
        TuneEventKind.Abandoned => TuneState.Abandoned,
        _ => entry.State,
    };
}
