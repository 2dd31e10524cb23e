using System.Globalization;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>Whether BPF programs can be used here, and if not, why: a sentence for the user.</summary>
public static class BpfSupport
{
    private static BtfFile? _types;

    private const int CapSysAdmin = 21;
    private const int CapPerfmon = 38;
    private const int CapBpf = 39;

    /// <summary>
    /// Null when nothing known forbids it. The kernel has the last word when a program is loaded. Costs one small file.
    /// </summary>
    /// <param name="btfPath">The kernel's type description.</param>
    /// <param name="statusPath">What this thread may, as /proc tells it.</param>
    public static string? WhyNot(string btfPath = BtfFile.KernelPath, string statusPath = "/proc/thread-self/status")
        => Missing(EffectiveCapabilities(statusPath)) is { Length: > 0 } missing
            ? $"it needs cap_bpf and cap_perfmon (or cap_sys_admin), and this process has no {missing}"
            : !File.Exists(btfPath) ? $"this kernel does not describe its types: there is no {btfPath} (CONFIG_DEBUG_INFO_BTF)"
            : null;

    /// <summary>The running kernel's types, read once and kept; null, and a sentence why, when BPF cannot be used.</summary>
    internal static BtfFile? TryReadTypes(out string? whyNot)
    {
        whyNot = WhyNot();
        if (whyNot is null && (_types ??= BtfFile.TryRead()) is null)
        {
            whyNot = $"{BtfFile.KernelPath} could not be read";
        }

        return whyNot is null ? _types : null;
    }

    private static string Missing(ulong capabilities)
    {
        bool bpf = Has(CapBpf) || Has(CapSysAdmin);
        bool perfmon = Has(CapPerfmon) || Has(CapSysAdmin);
        return (bpf, perfmon) switch
        {
            (true, true) => "",
            (false, true) => "cap_bpf",
            (true, false) => "cap_perfmon",
            (false, false) => "cap_bpf and no cap_perfmon",
        };

        bool Has(int capability) => ((capabilities >> capability) & 1) != 0;
    }

    /// <summary>The line "CapEff:"; everything when it cannot be read, since then the kernel shall decide.</summary>
    private static ulong EffectiveCapabilities(string statusPath)
    {
        Span<byte> status = stackalloc byte[4096];
        int length = SmallFile.Read(statusPath, status);
        int at = length < 0 ? -1 : status[..length].IndexOf("CapEff:\t"u8);
        return at >= 0 && ulong.TryParse(status.Slice(at + 8, Math.Min(16, length - at - 8)), NumberStyles.HexNumber, null, out ulong bits)
            ? bits
            : ulong.MaxValue;
    }
}
