using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>
/// Which captured connections are meant, in the same language as <see cref="SocketFilter"/> with words for captures:
/// <c>dport 443 and outcome refused</c>, <c>retrans &gt; 10</c>, <c>mark zero-window</c>. src is the originator.
/// </summary>
public sealed class ConnectionFilter
{
    private const int LongestText = 1 << 16;

    private readonly FilterExpression _root;
    private readonly Context _context = new();

    private ConnectionFilter(FilterExpression root, IReadOnlyList<string> warnings) => (_root, Warnings) = (root, warnings);

    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads a filter; the empty one matches everything. Never throws: exactly one of the two is null.</summary>
    public static (ConnectionFilter? Filter, FilterError? Failure) Parse(string text, INameLookup names)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(names);
        if (text.Length > LongestText)
        {
            return (null, new(text, LongestText, 1, $"a filter has at most {LongestText} characters", null));
        }

        List<FilterToken> tokens = [];
        if (FilterLexer.Tokenize(text, tokens) is { } failure)
        {
            return (null, failure);
        }

        var reader = new TokenReader(text, tokens);
        return new FilterParser(reader, new ConnectionPredicates(reader, names)).ParseAll() is { } reading
            ? (new ConnectionFilter(reading.LeftToRight, reading.Ambiguity is { } ambiguity ? [ambiguity] : []), null)
            : (null, reader.Error);
    }

    /// <summary>True when the connection is known to be meant. Not for two threads at once.</summary>
    public bool Matches(ConnectionRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        _context.Record = record;
        var entry = new SocketEntry
        {
            State = default,
            Family = record.Originator.Address.IsV4Mapped ? IpFamily.V4 : IpFamily.V6,
            Local = record.Originator,
            Remote = record.Responder,
        };
        return _root.Evaluate(entry, _context) == Truth.True;
    }

    /// <summary>The filter in full, with parentheses; parses back to the same tree.</summary>
    public override string ToString() => _root.ToString();

    /// <summary>Of a connection in a capture nothing is known that only its own machine knows.</summary>
    internal sealed class Context : ISocketContext
    {
        public ConnectionRecord? Record { get; set; }

        public SocketDetail? DetailOf(in SocketEntry entry) => null;

        public ReadOnlySpan<SocketHolder> HoldersOf(in SocketEntry entry) => [];

        public string? CgroupOf(in SocketEntry entry) => null;

        public string? ContainerOf(in SocketEntry entry) => null;

        public string? NamespaceName(uint inode) => null;

        public string? UserName(uint userId) => null;

        public string? InterfaceName(uint index) => null;

        public TimeSpan? AgeOf(in SocketEntry entry) => null;
    }
}
