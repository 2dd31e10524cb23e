using System.Buffers;

namespace TcpLens.Linux;

/// <summary>
/// A container, as the path of its cgroup names it. Pure: every runtime writes the container's identifier into the path, with the
/// cgroupfs driver as a folder (docker/ID) and with systemd's as a scope (docker-ID.scope).
/// </summary>
/// <param name="Runtime">docker, podman, containerd, cri-o, kubernetes (runtime unknown), lxc, nspawn or container (unknown).</param>
/// <param name="Id">64 hexadecimal digits, or a name where the runtime uses names.</param>
/// <param name="PodUid">Kubernetes: uid of the pod, with dashes; null otherwise.</param>
public sealed record ContainerName(string Runtime, string Id, string? PodUid = null)
{
    private const int IdDigits = 64;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> UidLetters = SearchValues.Create("0123456789abcdef-_");

    /// <summary>What the runtimes' own tools print: twelve digits of an identifier, a name whole.</summary>
    public string ShortId => IsId(Id) ? Id[..12] : Id;

    /// <summary>The innermost container of the path; null when there is none, or only the program that watches over one.</summary>
    public static ContainerName? FromCgroupPath(ReadOnlySpan<char> path)
    {
        for (ReadOnlySpan<char> rest = path; !rest.IsEmpty;)
        {
            int slash = rest.LastIndexOf('/');
            ReadOnlySpan<char> last = rest[(slash + 1)..];
            rest = slash < 0 ? default : rest[..slash];
            if (FromFolder(last, rest) is { } container)
            {
                return container with { PodUid = PodUidIn(path) };
            }
        }

        return null;
    }

    private static ContainerName? FromFolder(ReadOnlySpan<char> folder, ReadOnlySpan<char> above)
    {
        // containerd's systemd driver, when the slice is not systemd's: "…-podUID.slice:cri-containerd:ID".
        if (folder.LastIndexOf(':') is > 0 and int colon && IsId(folder[(colon + 1)..]))
        {
            ReadOnlySpan<char> runtime = folder[..colon];
            return new(RuntimeOf(runtime[(runtime.LastIndexOf(':') + 1)..], above), folder[(colon + 1)..].ToString());
        }

        ReadOnlySpan<char> name = folder.EndsWith(".scope", StringComparison.Ordinal) ? folder[..^".scope".Length] : folder;
        if (name.Length >= IdDigits && IsId(name[^IdDigits..]))
        {
            ReadOnlySpan<char> prefix = name[..^IdDigits].TrimEnd('-');
            return prefix.EndsWith("conmon", StringComparison.Ordinal) || prefix.Contains("libpod_pod_", StringComparison.Ordinal)
                ? null
                : new(RuntimeOf(prefix, above), name[^IdDigits..].ToString());
        }

        return FromMachine(name, folder) ?? FromLxc(folder, above);
    }

    private static string RuntimeOf(ReadOnlySpan<char> prefix, ReadOnlySpan<char> above) => prefix switch
    {
        "docker" => "docker",
        "libpod" => "podman",
        "cri-containerd" or "containerd" or "nerdctl" => "containerd",
        "crio" => "cri-o",
        "" when above.EndsWith("/docker", StringComparison.Ordinal) || above.Contains("/ecs/", StringComparison.Ordinal) => "docker",
        "" when above.Contains("kubepods", StringComparison.Ordinal) => "kubernetes",
        _ => "container",
    };

    /// <summary>lxc/NAME (1.x to 3.x), lxc.payload/NAME (3.x) and lxc.payload.NAME (4.x on). lxc.monitor.NAME is the watcher.</summary>
    private static ContainerName? FromLxc(ReadOnlySpan<char> folder, ReadOnlySpan<char> above)
    {
        const string Payload = "lxc.payload.";
        if (folder.StartsWith(Payload, StringComparison.Ordinal) && folder.Length > Payload.Length)
        {
            return new("lxc", folder[Payload.Length..].ToString());
        }

        return above is "/lxc" or "/lxc.payload" && !folder.IsEmpty ? new("lxc", folder.ToString()) : null;
    }

    /// <summary>systemd-nspawn@NAME.service, and machine-NAME.scope unless it holds a virtual machine (libvirt: machine-qemu\x2d…).</summary>
    private static ContainerName? FromMachine(ReadOnlySpan<char> name, ReadOnlySpan<char> folder)
    {
        const string Nspawn = "systemd-nspawn@", Machine = "machine-", Service = ".service";
        if (folder.StartsWith(Nspawn, StringComparison.Ordinal) && folder.EndsWith(Service, StringComparison.Ordinal))
        {
            return new("nspawn", SystemdUnit.Unescape(folder[Nspawn.Length..^Service.Length]));
        }

        if (!name.StartsWith(Machine, StringComparison.Ordinal) || name.Length == folder.Length)
        {
            return null;
        }

        string machine = SystemdUnit.Unescape(name[Machine.Length..]);
        return machine.StartsWith("qemu-", StringComparison.Ordinal) ? null : new("nspawn", machine);
    }

    /// <summary>pod0a1b2c3d-…; systemd's slices need underscores for the dashes. Static pods have 32 digits and no dashes.</summary>
    private static string? PodUidIn(ReadOnlySpan<char> path)
    {
        int kube = path.IndexOf("kubepods", StringComparison.Ordinal);
        for (ReadOnlySpan<char> rest = kube < 0 ? default : path[kube..]; rest.IndexOf("pod", StringComparison.Ordinal) is >= 0 and int at;)
        {
            rest = rest[(at + 3)..];
            int length = rest.IndexOfAnyExcept(UidLetters);
            ReadOnlySpan<char> uid = length < 0 ? rest : rest[..length];
            if (uid.Length is 32 or 36)
            {
                return uid.ToString().Replace('_', '-');
            }
        }

        return null;
    }

    private static bool IsId(ReadOnlySpan<char> text) => text.Length == IdDigits && text.IndexOfAnyExcept(LowerHex) < 0;
}
