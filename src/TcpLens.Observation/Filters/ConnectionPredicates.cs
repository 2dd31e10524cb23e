using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>The terms about captured connections: src and sport are the originator's, dst and dport the responder's.</summary>
internal sealed class ConnectionPredicates(TokenReader reader, INameLookup names) : ITermReader
{
    private static readonly string[] Keywords =
    [
        "state", "exclude", "src", "dst", "addr", "host", "sport", "dport", "port", "family", "outcome", "mark", "zeek", "not", "and", "or",
        .. Array.ConvertAll(ConnectionFieldInfo.All, static info => info.Name),
    ];

    private readonly EndpointPredicates _endpoints = new(reader, names);

    public FilterExpression InStates(StateSet states) => new EndStateTest(states);

    public StateSet? StatesOf(FilterToken value) => StateWords.Read(reader, value);

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
            "family" => Named(keyword, "v4 or v6", Family),
            "outcome" => Named(keyword, "an outcome", Outcome),
            "mark" or "marks" => Named(keyword, "a mark", Mark),
            "zeek" => Named(keyword, "letters of Zeek, such as SF", static value => new ZeekStateTest(value.Text)),
            _ => ConnectionFieldInfo.Named(keyword.Text) is { } field ? Field(keyword, field) : Unknown(keyword),
        };
    }

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

    private ConnectionFieldTest? Field(FilterToken keyword, ConnectionFieldInfo field)
    {
        Comparison comparison = reader.TakeComparison();
        if (reader.TakeValue(keyword, field.Unit == FieldUnit.Duration ? "a duration" : "a number") is not { } value)
        {
            return null;
        }

        return Quantity.Parse(value.Text, field.Unit, out string complaint, out string? suggestion) is { } number
            ? new(field.Field, comparison, number)
            : reader.Fail<ConnectionFieldTest>(value, complaint, suggestion);
    }

    private FamilyTest? Family(FilterToken value) => value.Text.ToLowerInvariant() switch
    {
        "v4" or "4" or "ipv4" or "inet" or "ip" => new(IpFamily.V4),
        "v6" or "6" or "ipv6" or "inet6" or "ip6" => new(IpFamily.V6),
        _ => reader.Fail<FamilyTest>(value, $"“{value.Text}” is no family: v4 or v6", "v4"),
    };

    private OutcomeTest? Outcome(FilterToken value) => ConnectionNames.OutcomeNamed(value.Text) is { } outcome
        ? new(outcome)
        : reader.Fail<OutcomeTest>(value, $"“{value.Text}” is no outcome: {string.Join(", ", ConnectionNames.Outcomes)}", Spelling.Nearest(value.Text, ConnectionNames.Outcomes));

    private MarkedTest? Mark(FilterToken value) => ConnectionNames.MarkNamed(value.Text) is { } mark
        ? new(mark)
        : reader.Fail<MarkedTest>(value, $"“{value.Text}” is no mark (docs/marks.md names them)", Spelling.Nearest(value.Text, ConnectionNames.Marks));

    private FilterExpression? Unknown(FilterToken word)
    {
        string? meant = EndpointPredicates.Guess(word.Text)
            ?? (StateWords.TryParse(word.Text, out _) ? $"state {word.Text}" : null)
            ?? (ConnectionNames.OutcomeNamed(word.Text) is not null ? $"outcome {word.Text}" : null)
            ?? (ConnectionNames.MarkNamed(word.Text) is not null ? $"mark {word.Text}" : null)
            ?? Spelling.Nearest(word.Text, Keywords);
        return reader.Fail<FilterExpression>(word, $"no term about connections begins with “{word.Text}”", meant);
    }
}
