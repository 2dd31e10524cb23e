using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>Whether this thread may listen to tracepoints by perf_event_open(2).</summary>
internal static class PerfSupport
{
    public const string HowToAllow = "it needs cap_perfmon (or cap_sys_admin), or kernel.perf_event_paranoid below 0";

    private const string ParanoidPath = "/proc/sys/kernel/perf_event_paranoid";

    /// <summary>True when no capability is missing; the kernel has the last word.</summary>
    public static bool IsAllowed => IsAllowedWith(Privileges.Current.Effective, SmallFile.ReadText(ParanoidPath));

    /// <summary>kernel/events/core.c, perf_event_open: perfmon_capable(), and perf_allow_tracepoint for the raw records.</summary>
    internal static bool IsAllowedWith(Capabilities effective, string? paranoid)
        => (effective & (Capabilities.Perfmon | Capabilities.SysAdmin)) != Capabilities.None
            || (int.TryParse(paranoid, out int level) && level < 0);
}
