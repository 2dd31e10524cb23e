namespace TcpLens.Linux;

/// <summary>How far a change has come, as the journal tells it.</summary>
public enum TuneState
{
    /// <summary>Begun and not ended: it runs now, or was interrupted.</summary>
    Started,

    /// <summary>In force.</summary>
    Applied,

    /// <summary>In force until it is confirmed or its time is over.</summary>
    Waiting,

    /// <summary>Being confirmed, or interrupted in that.</summary>
    Confirming,

    /// <summary>Being taken back, or interrupted in that.</summary>
    Undoing,

    /// <summary>Taken back.</summary>
    Undone,

    /// <summary>Failed, and everything was put back at once.</summary>
    RolledBack,

    /// <summary>Its namespace is gone, and the settings with it.</summary>
    Abandoned,
}

/// <summary>One setting of a change.</summary>
/// <param name="Key">Dotted name.</param>
/// <param name="Before">Its value before, as the kernel printed it.</param>
/// <param name="Set">The value that was set.</param>
/// <param name="LinesBefore">What the file under /etc/sysctl.d said of the key before; null: nothing, or the file was not touched.</param>
public sealed record TuneChange(string Key, string Before, string Set, string? LinesBefore = null);

/// <summary>The network namespace of a change, so that it is found again and never taken for another.</summary>
/// <param name="Inode">Inode number; given out again when a namespace ends.</param>
/// <param name="Cookie">Unique until the machine restarts; 0 where the kernel has none.</param>
/// <param name="Name">Its name then, for people.</param>
/// <param name="IsHost">True for the machine's first namespace, which is there after a restart too.</param>
/// <param name="BootId">The run of the machine (/proc/sys/kernel/random/boot_id).</param>
public sealed record TunePlace(uint Inode, ulong Cookie, string Name, bool IsHost, string BootId);

/// <summary>One change of settings, from the journal.</summary>
public sealed record TuneEntry(int Number, DateTimeOffset StartedAt, TunePlace Place, IReadOnlyList<TuneChange> Changes)
{
    public string Reason { get; init; } = "";

    /// <summary>True when it shall hold after a restart: its lines stand, or will after the confirmation, in the file under /etc/sysctl.d.</summary>
    public bool Persists { get; init; }

    /// <summary>True from when it may have written its lines into that file.</summary>
    public bool TouchesFile { get; init; }

    /// <summary>When it is put back unless confirmed; null: never.</summary>
    public DateTimeOffset? RevertAt { get; init; }

    /// <summary>The process that will put it back; null: none.</summary>
    public int? GuardianPid { get; init; }

    public TuneState State { get; init; }

    /// <summary>When it came to <see cref="State"/>.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>What else there is to know: why it failed, what could not be put back.</summary>
    public string Note { get; init; } = "";

    public bool IsUnfinished => State is TuneState.Started or TuneState.Confirming or TuneState.Undoing;

    public bool CanBeUndone => IsUnfinished || State is TuneState.Applied or TuneState.Waiting;

    /// <summary>True when nobody confirmed it, and nobody put it back either.</summary>
    public bool IsOverdue(DateTimeOffset now) => State == TuneState.Waiting && RevertAt < now;
}

/// <summary>What a journal holds.</summary>
/// <param name="Entries">By number.</param>
/// <param name="Unreadable">Numbers of lines that are no record: the last one where a crash tore it.</param>
public sealed record TuneHistory(IReadOnlyList<TuneEntry> Entries, IReadOnlyList<int> Unreadable)
{
    /// <summary>The change with this number; null when there is none.</summary>
    public TuneEntry? this[int number] => Entries.FirstOrDefault(entry => entry.Number == number);

    /// <summary>The last change that can be taken back; null when there is none.</summary>
    public TuneEntry? Latest => Entries.LastOrDefault(static entry => entry.CanBeUndone);

    public TuneEntry? Unfinished => Entries.LastOrDefault(static entry => entry.IsUnfinished);
}
