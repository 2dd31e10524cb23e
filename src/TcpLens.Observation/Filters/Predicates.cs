using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>The terms of the language: a keyword, a comparison where one makes sense, and a value.</summary>
internal sealed class Predicates(TokenReader reader, INameLookup names) : ITermReader
{
    private static readonly string[] Keywords =
    [
        "state", "exclude", "src", "dst", "addr", "host", "sport", "dport", "port", "dev", "fwmark", "cgroup", "autobound", "family",
        "process", "comm", "pid", "user", "container", "netns", "congestion", "timer", "kind", "unaccepted", "orphan",
        "rtt", "minrtt", "rto", "idle", "age", "recvq", "sendq", "retrans", "unacked", "lost", "cwnd", "mss", "drops", "inode", "uid", "cookie",
        "not", "and", "or",
    ];

    private readonly EndpointPredicates _endpoints = new(reader, names);

    public FilterExpression InStates(StateSet states) => new StateTest(states);

    public FilterExpression? Parse()
    {
        FilterToken keyword = reader.Take();
        return keyword.Text.ToLowerInvariant() switch
        {
            "src" => _endpoints.Host(keyword, Side.Local),
            "dst" => _endpoints.Host(keyword, Side.Remote),
            "addr" or "host" => _endpoints.Host(keyword, Side.Either),
            "sport" => _endpoints.Port(keyword, Side.Local),
            "dport" => _endpoints.Port(keyword, Side.Remote),
            "port" => _endpoints.Port(keyword, Side.Either),
            "autobound" => new PortTest(Side.Local, new(names.EphemeralPorts)),
            "unaccepted" => new UnacceptedTest(),
            "orphan" => new OrphanTest(),
            "dev" => Named(keyword, "an interface", Device),
            "fwmark" => Named(keyword, "a mark", Mark),
            "cgroup" => Named(keyword, "a path", Cgroup),
            "family" => Named(keyword, "v4 or v6", Family),
            "process" or "comm" => Named(keyword, "a name", static name => new ProcessTest(new(name.Text))),
            "container" => Named(keyword, "a name", static name => new ContainerTest(new(name.Text))),
            "netns" => Named(keyword, "a name", static name => new NamespaceTest(new(name.Text))),
            "congestion" => Named(keyword, "an algorithm", static name => new CongestionTest(new(name.Text))),
            "pid" => Named(keyword, "a process number", Pid),
            "user" => Named(keyword, "a name or number", User),
            "timer" => Named(keyword, "on, keepalive, timewait, persist, delack or off", Timer),
            "kind" => Named(keyword, "full, request or timewait", Kind),
            _ => FieldInfo.Named(keyword.Text) is { } field ? Field(keyword, field) : Unknown(keyword),
        };
    }

    public StateSet? StatesOf(FilterToken value) => StateWords.Read(reader, value);

    private FilterExpression? Named(FilterToken keyword, string what, Func<FilterToken, FilterExpression?> parse)
    {
        FilterToken sign = reader.Current;
        Comparison comparison = reader.TakeComparison();
        if (comparison is not (Comparison.Equal or Comparison.NotEqual))
        {
            return reader.Fail<FilterExpression>(sign, $"“{keyword.Text}” is equal (=) or not (!=)", "=");
        }

        if (reader.TakeValue(keyword, what) is not { } value || parse(value) is not { } test)
        {
            return null;
        }

        return comparison == Comparison.NotEqual ? new Negated(test) : test;
    }

    private FieldTest? Field(FilterToken keyword, FieldInfo field)
    {
        Comparison comparison = reader.TakeComparison();
        if (reader.TakeValue(keyword, field.Unit == FieldUnit.Duration ? "a duration" : "a number") is not { } value)
        {
            return null;
        }

        return Quantity.Parse(value.Text, field.Unit, out string complaint, out string? suggestion) is { } number
            ? new(field.Field, comparison, number)
            : reader.Fail<FieldTest>(value, complaint, suggestion);
    }

    private DeviceTest? Device(FilterToken value)
        => uint.TryParse(value.Text, out uint index) ? new(index)
            : names.InterfaceIndex(value.Text) is { } known ? new(known)
            : reader.Fail<DeviceTest>(value, $"there is no interface “{value.Text}” here");

    private MarkTest? Mark(FilterToken value)
    {
        string[] parts = value.Text.Split('/');
        uint mask = uint.MaxValue;
        return parts.Length <= 2 && Number(parts[0]) is { } mark && (parts.Length == 1 || TryMask(parts[1]))
            ? new(mark, mask)
            : reader.Fail<MarkTest>(value, "a mark is a number, or a number and a mask: 0x10/0xff");

        bool TryMask(string text) => Number(text) is { } number && (mask = number) == number;

        static uint? Number(string text)
            => Quantity.Parse(text, FieldUnit.Count, out _, out _) is { } number and <= uint.MaxValue ? (uint)number : null;
    }

    private FilterExpression? Cgroup(FilterToken value)
        => !new Glob(value.Text).IsLiteral ? new CgroupPathTest(new(value.Text))
            : names.CgroupId(value.Text) is { } id ? new CgroupTest(value.Text, id)
            : reader.Fail<FilterExpression>(value, $"there is no cgroup “{value.Text}” here; a pattern needs none", value.Text.TrimEnd('/') + "*");

    private FamilyTest? Family(FilterToken value) => value.Text.ToLowerInvariant() switch
    {
        "v4" or "4" or "ipv4" or "inet" or "ip" => new(IpFamily.V4),
        "v6" or "6" or "ipv6" or "inet6" or "ip6" => new(IpFamily.V6),
        _ => reader.Fail<FamilyTest>(value, $"“{value.Text}” is no family: v4 or v6", "v4"),
    };

    private PidTest? Pid(FilterToken value)
        => int.TryParse(value.Text, out int pid) && pid >= 0 ? new(pid)
            : reader.Fail<PidTest>(value, $"“{value.Text}” is no process number", $"process {FilterText.Word(value.Text)}");

    private FieldTest? User(FilterToken value)
        => uint.TryParse(value.Text, out uint id) ? new(SocketField.Uid, Comparison.Equal, id)
            : names.UserId(value.Text) is { } known ? new(SocketField.Uid, Comparison.Equal, known)
            : reader.Fail<FieldTest>(value, $"there is no user “{value.Text}” here; a number works too");

    private TimerTest? Timer(FilterToken value) => value.Text.ToLowerInvariant() switch
    {
        "off" => new(SocketTimer.Off),
        "on" or "retransmit" => new(SocketTimer.Retransmit),
        "keepalive" => new(SocketTimer.KeepAlive),
        "timewait" or "time-wait" => new(SocketTimer.TimeWait),
        "persist" or "probe" => new(SocketTimer.ZeroWindowProbe),
        "delack" => new(SocketTimer.DelayedAck),
        var word => reader.Fail<TimerTest>(
            value,
            $"“{value.Text}” is no timer: on, keepalive, timewait, persist, delack or off",
            Spelling.Nearest(word, ["on", "off", "keepalive", "timewait", "persist", "delack", "retransmit"])),
    };

    private KindTest? Kind(FilterToken value) => value.Text.ToLowerInvariant() switch
    {
        "full" => new(SocketKind.Full),
        "request" => new(SocketKind.Request),
        "timewait" or "time-wait" => new(SocketKind.TimeWait),
        var word => reader.Fail<KindTest>(
            value,
            $"“{value.Text}” is no kind of socket: full, request or timewait",
            Spelling.Nearest(word, ["full", "request", "timewait"])),
    };

    private FilterExpression? Unknown(FilterToken word)
    {
        string? meant = EndpointPredicates.Guess(word.Text)
            ?? (StateWords.TryParse(word.Text, out _) ? $"state {word.Text}" : null)
            ?? Spelling.Nearest(word.Text, Keywords)
            ?? (StateWords.Nearest(word.Text) is { } state ? $"state {state}" : $"process {FilterText.Word(word.Text)}");
        return reader.Fail<FilterExpression>(word, $"no term begins with “{word.Text}”", meant);
    }
}
