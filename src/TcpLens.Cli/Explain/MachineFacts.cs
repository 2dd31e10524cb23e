using TcpLens.Diagnosis;
using TcpLens.Linux;
using TcpLens.Observation;

namespace TcpLens.Cli.Explain;

/// <summary>What a page says of this machine. Nothing is read before a page asks for it.</summary>
internal sealed class MachineFacts(SettingLookup setting, Func<HostSettings> settings, Func<CounterSet> counters)
{
    private readonly Lazy<HostSettings> _settings = new(settings);
    private readonly Lazy<CounterSet> _counters = new(counters);

    /// <summary>A machine that tells nothing: pages then show defaults, and no values.</summary>
    public static MachineFacts None { get; } = new(static _ => null, static () => new HostSettings([]), static () => CounterSet.Empty);

    public SettingLookup Setting { get; } = setting;

    public HostSettings Settings => _settings.Value;

    public CounterSet Counters => _counters.Value;

    /// <summary>The machine and namespace that this program runs in.</summary>
    public static MachineFacts Here(TimeProvider clock)
        => new(new SysctlReader().Read, () => new SettingsReader().Read(clock.GetUtcNow()), static () => new CounterReader().Read());
}
