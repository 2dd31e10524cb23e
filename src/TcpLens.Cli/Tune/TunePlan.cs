using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli.Tune;

/// <summary>What would be changed, where, and for how long.</summary>
internal sealed record TunePlan(TuneGround Ground, IReadOnlyList<PlannedChange> Changes)
{
    public string Reason { get; init; } = "";

    /// <summary>True when it shall hold after a restart.</summary>
    public bool Persists { get; init; }

    public TimeSpan? RevertAfter { get; init; }

    /// <summary>True when nothing would become different.</summary>
    public bool IsEmpty => !Persists && Changes.All(static change => change.IsSo);

    /// <exception cref="UsageException">One of the settings cannot be changed here.</exception>
    public static TunePlan Make(TuneGround ground, IReadOnlyList<SettingChange> wanted, string reason, TuneOptions options)
    {
        SettingWords.Check(wanted, ground);
        HostSettings here = ground.Host is { } host ? ground.Here.WithHostWideFrom(host) : ground.Here;
        HostSettings after = here.With(wanted.Select(static change => KeyValuePair.Create(change.Key, change.Value)));
        return new TunePlan(ground, [.. wanted.Select(change => Plan(change, ground, after))])
        {
            Reason = reason,
            Persists = options.WantsToPersist && ground.MayPersist,
            RevertAfter = options.RevertAfter,
        };
    }

    public TuneRequest ToRequest()
        => new(Ground.Place, [.. Changes.Select(static change => new TuneChange(change.Key, change.Now, change.New))])
        {
            Reason = Reason,
            Persists = Persists,
            RevertAfter = RevertAfter,
        };

    private static PlannedChange Plan(SettingChange change, TuneGround ground, HostSettings after)
    {
        SettingSource? later = ground.Files.AppliedAfter(TunePaths.DropInName, change.Key);
        return PlannedChange.Of(change, ground.Here[change.Key]!, after) with
        {
            OnHost = ground.Host?[change.Key],
            OverruledBy = later is not null && !SettingText.Same(change.Key, later.Value, change.Value) ? later : null,
        };
    }
}
