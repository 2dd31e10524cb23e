using TcpLens.Observation;

namespace TcpLens.Linux;

/// <summary>What shall be changed.</summary>
/// <param name="Place">Where; it must say whether it is the host's.</param>
/// <param name="Changes">Each with the value it has now; one that has changed since ends the attempt before it begins.</param>
public sealed record TuneRequest(NetworkNamespace Place, IReadOnlyList<TuneChange> Changes)
{
    /// <summary>Why, for the journal and the file.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Write it into the file under /etc/sysctl.d too.</summary>
    public bool Persists { get; init; }

    /// <summary>Put it back after this time unless it is confirmed; null: keep it.</summary>
    public TimeSpan? RevertAfter { get; init; }
}
