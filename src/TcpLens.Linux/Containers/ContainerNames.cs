using System.Text.Json;
using TcpLens.Linux.Interop;

namespace TcpLens.Linux;

/// <summary>
/// Names of containers, from the files their runtimes keep: no socket of a daemon is opened. Most of the files are for root;
/// without them a container has its short identifier. Rootless docker and podman keep theirs in home folders, which are not searched.
/// </summary>
public sealed class ContainerNames(string root = "")
{
    /// <summary>config.v2.json has about 4 KiB, podman's list about 400 octets a container.</summary>
    private const int FileMax = 4 << 20;

    /// <summary>No machine runs that many at once; beyond it names are read again each time.</summary>
    private const int NamesMax = 16384;

    private readonly Dictionary<string, string> _names = [];
    private Dictionary<string, string>? _podman;

    /// <summary>"web", for Kubernetes "pod/container", or the short identifier.</summary>
    public string NameOf(ContainerName container)
    {
        if (_names.TryGetValue(container.Id, out string? name))
        {
            return name;
        }

        name = Look(container) ?? container.ShortId;
        if (_names.Count < NamesMax)
        {
            _names.Add(container.Id, name);
        }

        return name;
    }

    private string? Look(ContainerName container) => container.Id == container.ShortId ? null : container.Runtime switch
    {
        "docker" => Docker(container.Id),
        "podman" => Podman(container.Id),
        "containerd" => Kubernetes(
            $"/run/containerd/io.containerd.runtime.v2.task/k8s.io/{container.Id}/config.json",
            "io.kubernetes.cri.sandbox-name",
            "io.kubernetes.cri.container-name"),
        "cri-o" => Kubernetes(
            $"/run/containers/storage/overlay-containers/{container.Id}/userdata/config.json",
            "io.kubernetes.pod.name",
            "io.kubernetes.container.name"),
        _ => Docker(container.Id),
    };

    /// <summary>{"Name":"/web", …}; Kubernetes through docker has "/k8s_CONTAINER_POD_…".</summary>
    private string? Docker(string id)
    {
        using JsonDocument? config = Read($"/var/lib/docker/containers/{id}/config.v2.json");
        return Text(config?.RootElement, "Name")?.TrimStart('/') is { Length: > 0 } name ? name : null;
    }

    /// <summary>[{"id":"…","names":["web"]}, …]</summary>
    private string? Podman(string id)
    {
        if (_podman is null)
        {
            _podman = [];
            AddPodman(_podman, "/var/lib/containers/storage/overlay-containers/containers.json");
            AddPodman(_podman, "/var/lib/containers/storage/overlay-containers/volatile-containers.json");
        }

        return _podman.GetValueOrDefault(id);
    }

    private void AddPodman(Dictionary<string, string> names, string path)
    {
        using JsonDocument? list = Read(path);
        if (list?.RootElement.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (JsonElement container in list.RootElement.EnumerateArray())
        {
            if (Text(container, "id") is { } id && container.TryGetProperty("names", out JsonElement all)
                && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() > 0 && all[0].ValueKind == JsonValueKind.String)
            {
                names[id] = all[0].GetString()!;
            }
        }
    }

    /// <summary>The OCI bundle's {"annotations":{…}}.</summary>
    private string? Kubernetes(string path, string podKey, string containerKey)
    {
        using JsonDocument? bundle = Read(path);
        if (bundle?.RootElement is not { ValueKind: JsonValueKind.Object } config || !config.TryGetProperty("annotations", out JsonElement notes))
        {
            return null;
        }

        string? pod = Text(notes, podKey);
        string? name = Text(notes, containerKey);
        return pod is null ? name : name is null ? pod : $"{pod}/{name}";
    }

    private static string? Text(JsonElement? element, string property)
        => element is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(property, out JsonElement value)
            && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;

    private JsonDocument? Read(string path)
    {
        if (SmallFile.ReadAll(root + path, FileMax) is not { } text)
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
