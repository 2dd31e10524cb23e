using System.Text.Json;
using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>The first line of a snapshot, read back: an examination whose samples have no sockets yet, and how many there will be.</summary>
/// <param name="Seen">Everything but the sockets.</param>
/// <param name="People">The processes that sockets name, by place.</param>
/// <param name="Before">Sockets of the first sample.</param>
/// <param name="Now">Sockets of the second.</param>
internal sealed record SnapshotStart(Examination Seen, IReadOnlyList<ProcessRef> People, int Before, int Now);

/// <summary>
/// Reads what <see cref="SnapshotHead"/> wrote. A key that is missing or of another type is an InvalidOperationException, a
/// KeyNotFoundException or a FormatException, for the caller to name the line.
/// </summary>
internal static class SnapshotHeadReader
{
    private const string Schema = "tcplens.snapshot/1";
    private const long NanosecondsPerTick = 100;

    /// <summary>Sockets of one sample; a record takes half a kilobyte of memory.</summary>
    private const long SocketsMax = 4_000_000;

    public static SnapshotStart Read(ReadOnlyMemory<byte> line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schema", out JsonElement schema) || schema.ValueKind != JsonValueKind.String)
        {
            throw new FormatException("this is no snapshot saved by 'tcplens snapshot'");
        }

        if (schema.GetString() != Schema)
        {
            throw new FormatException($"its schema is {schema.GetString()}, and not {Schema}");
        }

        List<ProcessRef> people = [.. Items(root, "holders").Select(PersonIn)];
        CounterNames known = new();
        string[] names = [.. Items(root, "counter_names").Select(static name => name.GetString()!)];
        Examination seen = new()
        {
            HostName = Text(root, "host") ?? "",
            Namespace = NamespaceIn(root.GetProperty("netns")),
            Before = SampleIn(root.GetProperty("before"), names, known),
            Now = SampleIn(root.GetProperty("now"), names, known),
            Elapsed = Span(root, "elapsed_ns") ?? TimeSpan.Zero,
            Moments = [.. Items(root, "moments").Select(moment => new CounterMoment(Span(moment, "after_ns") ?? TimeSpan.Zero, CountersIn(moment, names, known)))],
            Settings = SettingsIn(root),
            SettingSources = [.. Items(root, "setting_sources").Select(SourceIn)],
            Processes = ProcessesIn(root, people),
            Interfaces = [.. Items(root, "interfaces").Select(InterfaceIn)],
            Cgroups = [.. Items(root, "cgroups").Select(CgroupIn)],
            BlindSpots = [.. Items(root, "blind_spots").Select(static blind => new BlindSpot(Text(blind, "what") ?? "", Text(blind, "why") ?? "", Text(blind, "remedy")))],
            Sources = [.. Items(root, "sources").Select(static source => source.GetString() ?? "")],
        };
        return new SnapshotStart(seen, people, CountIn(root, "sockets_before"), CountIn(root, "sockets_now"));
    }

    private static int CountIn(JsonElement root, string name)
        => Number(root, name) is >= 0 and <= SocketsMax and { } count ? (int)count : throw new FormatException($"{name} is not a number from 0 to {SocketsMax}");

    private static NetworkNamespace NamespaceIn(JsonElement place) => new(U32(place, "inode"))
    {
        Names = [.. Items(place, "names").Select(static name => name.GetString() ?? "")],
        Owner = place.TryGetProperty("owner", out JsonElement owner) ? PersonIn(owner) : null,
        Container = Text(place, "container"),
        Processes = place.GetProperty("processes").GetInt32(),
        IsHost = place.GetProperty("is_host").GetBoolean(),
        IsOwn = place.GetProperty("is_own").GetBoolean(),
    };

    private static Sample SampleIn(JsonElement sample, string[] names, CounterNames known) => new()
    {
        TakenAt = sample.GetProperty("taken_at").GetDateTimeOffset(),
        Counters = CountersIn(sample, names, known),
        Sockets = new SocketTable(),
        Stat = !sample.TryGetProperty("stat", out JsonElement stat) ? null : new SocketStat(
            stat.GetProperty("in_use").GetInt64(),
            stat.GetProperty("time_wait").GetInt64(),
            stat.GetProperty("orphans").GetInt64(),
            stat.GetProperty("allocated").GetInt64(),
            stat.GetProperty("memory_pages").GetInt64(),
            stat.GetProperty("in_use_v6").GetInt64()),
    };

    private static CounterSet CountersIn(JsonElement sample, string[] names, CounterNames known)
    {
        CounterSetBuilder builder = new(known);
        int place = 0;
        foreach (JsonElement value in Items(sample, "counters"))
        {
            if (place == names.Length)
            {
                throw new FormatException("a sample has more counters than there are names");
            }

            string name = names[place++];
            if (value.ValueKind != JsonValueKind.Null)
            {
                builder.Add(name, value.GetInt64());
            }
        }

        return builder.Build();
    }

    private static HostSettings SettingsIn(JsonElement root)
        => new(root.GetProperty("settings").EnumerateObject().Select(static setting => KeyValuePair.Create(setting.Name, setting.Value.GetString() ?? "")))
        {
            KernelRelease = Text(root, "kernel"),
            BootTime = root.GetProperty("boot_time") is { ValueKind: JsonValueKind.String } boot ? boot.GetDateTimeOffset() : null,
            PageSizeBytes = root.GetProperty("page_size_bytes").GetInt32() is > 0 and var size ? size : throw new FormatException("page_size_bytes is not above 0"),
            Processors = root.GetProperty("processors").GetInt32(),
            MemoryBytes = Number(root, "memory_bytes"),
        };

    private static SettingSource SourceIn(JsonElement source) => new(
        Text(source, "key") ?? "",
        Text(source, "value") ?? "",
        Text(source, "path") ?? "",
        source.GetProperty("line").GetInt32(),
        source.GetProperty("is_effective").GetBoolean());

    private static ProcessRef PersonIn(JsonElement person) => new(person.GetProperty("pid").GetInt32(), Text(person, "command") ?? "")
    {
        Cgroup = Text(person, "cgroup"),
        Namespace = U32(person, "netns_inode"),
    };

    private static List<ProcessFacts> ProcessesIn(JsonElement root, List<ProcessRef> people)
    {
        HashSet<int> pids = [];
        List<ProcessFacts> processes = [];
        foreach (JsonElement element in Items(root, "processes"))
        {
            ProcessFacts process = ProcessIn(element, people);
            processes.Add(pids.Add(process.Process.Pid) ? process : throw new FormatException($"process {process.Process.Pid} is there twice"));
        }

        return processes;
    }

    private static ProcessFacts ProcessIn(JsonElement process, List<ProcessRef> people)
    {
        int place = process.GetProperty("holder").GetInt32();
        return new ProcessFacts(place >= 0 && place < people.Count ? people[place] : throw new FormatException($"there is no holder {place}"))
        {
            State = Text(process, "state") is [var state] ? state : '?',
            WaitsIn = Text(process, "waits_in"),
            Container = Text(process, "container"),
            DescriptorLimit = Number(process, "descriptor_limit"),
            DescriptorHardLimit = Number(process, "descriptor_hard_limit"),
            Descriptors = Number(process, "descriptors"),
            DescriptorsBefore = Number(process, "descriptors_before"),
            ClosedSockets = Number(process, "closed_sockets"),
            ClosedSocketsBefore = Number(process, "closed_sockets_before"),
            ClosedSocketsAreAtMost = process.GetProperty("closed_sockets_are_at_most").GetBoolean(),
            IsProgramReplaced = process.GetProperty("is_program_replaced") is { ValueKind: not JsonValueKind.Null } replaced ? replaced.GetBoolean() : null,
            Age = Span(process, "age_ns"),
        };
    }

    private static InterfaceFacts InterfaceIn(JsonElement link) => new(U32(link, "index"), Text(link, "name") ?? "", link.GetProperty("mtu_bytes").GetInt32())
    {
        IsLoopback = link.GetProperty("is_loopback").GetBoolean(),
        IsUp = link.GetProperty("is_up").GetBoolean(),
        IsTunnel = link.GetProperty("is_tunnel").GetBoolean(),
        Addresses = [.. Items(link, "addresses").Select(static address => HostAddress.Parse(address.GetString()) ?? throw new FormatException("an interface's address is not one"))],
    };

    private static CgroupMemory CgroupIn(JsonElement cgroup)
        => new(Text(cgroup, "path") ?? "", Number(cgroup, "limit_bytes") ?? 0, Number(cgroup, "socket_bytes") ?? 0) { Container = Text(cgroup, "container") };

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) => parent.GetProperty(name).EnumerateArray();

    private static string? Text(JsonElement parent, string name) => parent.GetProperty(name).GetString();

    private static uint U32(JsonElement parent, string name) => parent.GetProperty(name).GetUInt32();

    private static long? Number(JsonElement parent, string name)
        => parent.GetProperty(name) is not { ValueKind: not JsonValueKind.Null } number ? null
            : number.GetInt64() is >= 0 and var value ? value
            : throw new FormatException($"{name} is below 0");

    private static TimeSpan? Span(JsonElement parent, string name)
        => Number(parent, name) is { } nanoseconds ? TimeSpan.FromTicks(nanoseconds / NanosecondsPerTick) : null;
}
