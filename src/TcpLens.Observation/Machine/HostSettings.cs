namespace TcpLens.Observation;

/// <summary>
/// The settings of one namespace and its host that matter to TCP, by sysctl name, with the facts of the machine. A setting that
/// this kernel does not have is null: what exists is probed, kernel versions say nothing (distributions carry features back).
/// </summary>
public sealed partial class HostSettings
{
    private readonly Dictionary<string, string> _values = [];

    /// <param name="values">Sysctls as the kernel prints them, blanks trimmed, by dotted name.</param>
    public HostSettings(IEnumerable<KeyValuePair<string, string>> values)
    {
        foreach ((string key, string value) in values)
        {
            _values[key] = value;
        }
    }

    /// <summary>uname -r, for example "6.1.0-28-amd64"; for show, not for decisions.</summary>
    public string? KernelRelease { get; init; }

    public DateTimeOffset? BootTime { get; init; }

    /// <summary>Unit of tcp_mem and of sockstat's mem; 4096 on most machines, 16384 or 65536 on some.</summary>
    public int PageSizeBytes { get; init; } = 4096;

    public int Processors { get; init; }

    public long? MemoryBytes { get; init; }

    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The text of a setting, for example of "net.ipv4.tcp_rmem"; null when this kernel or namespace does not have it.</summary>
    public string? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>A setting of one number; null when it is missing or not one number.</summary>
    public long? Number(string key) => long.TryParse(this[key], out long number) ? number : null;

    /// <summary>One number of a setting of several, for example the limit of tcp_mem with <paramref name="index"/> 2.</summary>
    public long? Number(string key, int index)
    {
        ReadOnlySpan<char> text = this[key];
        foreach (Range word in text.SplitAny(' ', '\t'))
        {
            if (!text[word].IsEmpty && index-- == 0)
            {
                return long.TryParse(text[word], out long number) ? number : null;
            }
        }

        return null;
    }

    /// <summary>Ports that connect() can choose from in this namespace; null when the range is not known.</summary>
    public EphemeralPorts? EphemeralPorts()
        => this["net.ipv4.ip_local_port_range"] is { } range
            ? Observation.EphemeralPorts.Parse(range, this["net.ipv4.ip_local_reserved_ports"])
            : null;

    /// <summary>
    /// These settings, with host-wide ones that a namespace does not show (tcp_mem, tcp_max_orphans, …) taken from a reading made
    /// in the host's namespace.
    /// </summary>
    public HostSettings WithHostWideFrom(HostSettings host)
    {
        Dictionary<string, string> merged = new(_values);
        foreach (string key in HostWideKeys)
        {
            if (host[key] is { } value)
            {
                merged.TryAdd(key, value);
            }
        }

        return OfThisMachine(merged);
    }

    /// <summary>These settings with other values for some.</summary>
    public HostSettings With(IEnumerable<KeyValuePair<string, string>> others)
    {
        Dictionary<string, string> merged = new(_values);
        foreach ((string key, string value) in others)
        {
            merged[key] = value;
        }

        return OfThisMachine(merged);
    }

    private HostSettings OfThisMachine(Dictionary<string, string> values) => new(values)
    {
        KernelRelease = KernelRelease,
        BootTime = BootTime,
        PageSizeBytes = PageSizeBytes,
        Processors = Processors,
        MemoryBytes = MemoryBytes,
    };
}
