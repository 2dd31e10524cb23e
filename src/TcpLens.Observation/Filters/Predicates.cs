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
            var word when EndpointPredicates.Begin(word) => _endpoints.Parse(keyword),
            "autobound" => new PortTest(Side.Local, new(names.EphemeralPorts)),
            "unaccepted" => new UnacceptedTest(),
            "orphan" => new OrphanTest(),
            "dev" => reader.TakeEqual(keyword, "an interface", Device),
            "fwmark" => reader.TakeEqual(keyword, "a mark", Mark),
            "cgroup" => reader.TakeEqual(keyword, "a path", Cgroup),
            "process" or "comm" => reader.TakeEqual(keyword, "a name", static name => new ProcessTest(new(name.Text))),
            "container" => reader.TakeEqual(keyword, "a name", static name => new ContainerTest(new(name.Text))),
            "netns" => reader.TakeEqual(keyword, "a name", static name => new NamespaceTest(new(name.Text))),
            "congestion" => reader.TakeEqual(keyword, "an algorithm", static name => new CongestionTest(new(name.Text))),
            "pid" => reader.TakeEqual(keyword, "a process number", Pid),
            "user" => reader.TakeEqual(keyword, "a name or number", User),
            "timer" => reader.TakeEqual(keyword, "on, keepalive, timewait, persist, delack or off", Timer),
            "kind" => reader.TakeEqual(keyword, "full, request or timewait", Kind),
            _ => FieldInfo.Named(keyword.Text) is { } field ? Field(keyword, field) : Unknown(keyword),
        };
    }

    public StateSet? StatesOf(FilterToken value) => StateWords.Read(reader, value);

    private FieldTest? Field(FilterToken keyword, FieldInfo field)
        => reader.TakeQuantity(keyword, field.Unit) is (var comparison, var number) ? new(field.Field, comparison, number) : null;

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
