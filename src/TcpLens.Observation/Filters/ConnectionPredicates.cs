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
            var word when EndpointPredicates.Begin(word) => _endpoints.Parse(keyword),
            "outcome" => reader.TakeEqual(keyword, "an outcome", Outcome),
            "mark" or "marks" => reader.TakeEqual(keyword, "a mark", Mark),
            "zeek" => reader.TakeEqual(keyword, "letters of Zeek, such as SF", static value => new ZeekStateTest(value.Text)),
            _ => ConnectionFieldInfo.Named(keyword.Text) is { } field ? Field(keyword, field) : Unknown(keyword),
        };
    }

    private ConnectionFieldTest? Field(FilterToken keyword, ConnectionFieldInfo field)
        => reader.TakeQuantity(keyword, field.Unit) is (var comparison, var number) ? new(field.Field, comparison, number) : null;

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
