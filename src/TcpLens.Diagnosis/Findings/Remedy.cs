namespace TcpLens.Diagnosis;

/// <summary>Where a remedy works. The application comes first: a setting mostly moves the wall, it seldom takes it away.</summary>
public enum RemedyKind : byte
{
    Application,
    Network,
    Setting,
    Command,
}

/// <summary>Something that helps.</summary>
/// <param name="Kind">Where it works.</param>
/// <param name="Text">What to do.</param>
/// <param name="Risk">What it may break or cost; "none" where that is so.</param>
public sealed record Remedy(RemedyKind Kind, string Text, string Risk)
{
    /// <summary>The sysctls to change, for <c>tcplens tune apply</c>; empty for all other kinds.</summary>
    public IReadOnlyList<SettingChange> Settings { get; init; } = [];

    /// <summary>A command to type, as it stands; null when there is none.</summary>
    public string? Command { get; init; }

    /// <summary>How to take it back; null when there is nothing to take back.</summary>
    public string? Undo { get; init; }
}

/// <summary>Advice that circulates and that does harm or nothing here, with the reason.</summary>
public sealed record Myth(string Advice, string Why);
