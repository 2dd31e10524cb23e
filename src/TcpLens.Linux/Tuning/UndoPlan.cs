using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>One setting to be taken back, and what it is now.</summary>
/// <param name="Change">What was changed.</param>
/// <param name="Now">Its value now; null when the setting is not there any more.</param>
/// <param name="InFile">The value in the file under /etc/sysctl.d now; null when it has none, or the change never touched it.</param>
public sealed record UndoStep(TuneChange Change, string? Now, string? InFile)
{
    /// <summary>True when it has the value already that it had before the change.</summary>
    public bool IsBack => SettingText.Same(Change.Key, Now, Change.Before);

    /// <summary>True when somebody else has set it since, to neither of the two values; or after a restart, the boot has.</summary>
    public bool IsForeign => Now is not null && !IsBack && !SettingText.Same(Change.Key, Now, Change.Set);

    /// <summary>True when somebody else has changed its line in the file.</summary>
    public bool IsFileForeign
        => InFile is not null && !SettingText.Same(Change.Key, InFile, Change.Set) && Change.LinesBefore?.EndsWith("= " + InFile, StringComparison.Ordinal) != true;
}

/// <summary>What taking a change back would do.</summary>
/// <param name="Entry">The change.</param>
/// <param name="Place">Its namespace; null when it is gone, or cannot be seen from here.</param>
/// <param name="Steps">In the order in which they were set.</param>
/// <param name="IsAfterRestart">True when the machine has been restarted since.</param>
public sealed record UndoPlan(TuneEntry Entry, NetworkNamespace? Place, IReadOnlyList<UndoStep> Steps, bool IsAfterRestart)
{
    public bool HasForeignChanges => Steps.Any(static step => step.IsForeign || step.IsFileForeign);
}
