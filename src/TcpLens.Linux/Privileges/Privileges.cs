using System.Globalization;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>Things that only a privileged process sees.</summary>
[Flags]
public enum Sight
{
    None = 0,

    /// <summary>Which processes hold the sockets of other users.</summary>
    OwnersOfOthers = 1,

    /// <summary>Firewall marks of sockets.</summary>
    Marks = 2,

    /// <summary>Counting and finding owners inside the kernel; the same answers come without, only slower.</summary>
    FastPaths = 4,

    /// <summary>Network namespaces other than one's own.</summary>
    OtherNamespaces = 8,
}

/// <summary>What the calling thread may do.</summary>
/// <param name="Effective">Capabilities in force, all of them: bits without a name in <see cref="Capabilities"/> too.</param>
/// <param name="UserId">Effective user id; 0 is root, which alone gives no capability inside a container.</param>
public readonly record struct Privileges(Capabilities Effective, uint UserId)
{
    private static readonly (Sight Sight, string What, Capabilities Needs)[] Table =
    [
        (Sight.OwnersOfOthers, "owners of other users' sockets", Capabilities.SysPtrace | Capabilities.DacReadSearch),
        (Sight.Marks, "firewall marks", Capabilities.NetAdmin),
        (Sight.OtherNamespaces, "other network namespaces", Capabilities.SysAdmin | Capabilities.SysPtrace),
        (Sight.FastPaths, "the fast paths in the kernel (answers are the same, slower)", Capabilities.Bpf | Capabilities.Perfmon),
    ];

    /// <summary>Those of the calling thread; nothing when /proc does not say.</summary>
    public static Privileges Current => Parse(SmallFile.ReadText("/proc/thread-self/status"));

    public bool Has(Capabilities wanted) => (Effective & wanted) == wanted;

    /// <summary>What of this may be seen with these privileges.</summary>
    public Sight Visible(Sight wanted)
    {
        Sight visible = Sight.None;
        foreach ((Sight sight, _, Capabilities needs) in Table)
        {
            visible |= Has(needs) ? wanted & sight : Sight.None;
        }

        return visible;
    }

    /// <summary>
    /// One line for a user: what of <paramref name="wanted"/> is not shown, and the two ways to see it. Null when nothing is missing.
    /// </summary>
    /// <param name="wanted">What the command at hand would have shown.</param>
    /// <param name="program">Path of the program, for the line with setcap(8), which needs the real file.</param>
    public string? WhatMoreWouldShow(Sight wanted, string program)
    {
        Capabilities needed = Capabilities.None;
        List<string> missing = [];
        foreach ((Sight sight, string what, Capabilities needs) in Table)
        {
            if (wanted.HasFlag(sight) && !Has(needs))
            {
                needed |= needs;
                missing.Add($"{what} ({Names(needs, ", ")})");
            }
        }

        return missing.Count == 0
            ? null
            : $"not shown without privilege: {string.Join("; ", missing)}. Run with sudo, or once: sudo setcap {Names(needed, ",")}+ep {program}";
    }

    /// <summary>The lines "Uid:" (real, effective, saved, file system) and "CapEff:" of /proc/PID/status.</summary>
    internal static Privileges Parse(string? status)
    {
        uint user = uint.MaxValue;
        ulong effective = 0;
        foreach (ReadOnlySpan<char> line in status.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("Uid:", StringComparison.Ordinal))
            {
                ReadOnlySpan<char> afterReal = line["Uid:".Length..].TrimStart().TrimStart("0123456789").TrimStart();
                int end = afterReal.IndexOfAnyExceptInRange('0', '9');
                _ = uint.TryParse(end < 0 ? afterReal : afterReal[..end], out user);
            }
            else if (line.StartsWith("CapEff:", StringComparison.Ordinal))
            {
                _ = ulong.TryParse(line["CapEff:".Length..].Trim(), NumberStyles.AllowHexSpecifier, null, out effective);
            }
        }

        return new Privileges((Capabilities)effective, user);
    }

    private static string Names(Capabilities set, string separator)
    {
        List<string> names = [];
        AddName(Capabilities.DacReadSearch, "cap_dac_read_search");
        AddName(Capabilities.NetAdmin, "cap_net_admin");
        AddName(Capabilities.NetRaw, "cap_net_raw");
        AddName(Capabilities.SysPtrace, "cap_sys_ptrace");
        AddName(Capabilities.SysAdmin, "cap_sys_admin");
        AddName(Capabilities.Perfmon, "cap_perfmon");
        AddName(Capabilities.Bpf, "cap_bpf");
        return string.Join(separator, names);

        void AddName(Capabilities one, string name)
        {
            if (set.HasFlag(one))
            {
                names.Add(name);
            }
        }
    }
}
