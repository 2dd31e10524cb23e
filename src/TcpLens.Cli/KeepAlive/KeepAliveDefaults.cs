using TcpLens.Diagnosis;
using TcpLens.Linux;

namespace TcpLens.Cli;

/// <summary>What the machine's settings mean for those who set no times of their own.</summary>
internal sealed record KeepAliveDefaults(TimerReading KeepAlive, TimerReading Retransmission)
{
    /// <summary>Of the first namespace that is looked at.</summary>
    public static KeepAliveDefaults Read(LiveMachine machine) => LiveMachine.In(machine.Places[0], static () =>
    {
        var settings = new SysctlReader();
        return new KeepAliveDefaults(TimerRules.KeepAlive(settings.Read), TimerRules.Retransmission(settings.Read));
    });

    public long Setting(string key) => KeepAlive.Settings.First(setting => setting.Key == key).Value;
}
