namespace TcpLens.Observation.Filters;

/// <summary>Reads tokens one after the other and keeps the first thing that went wrong.</summary>
internal sealed class TokenReader(string text, List<FilterToken> tokens)
{
    private int _at;

    public FilterError? Error { get; private set; }

    public FilterToken Current => tokens[_at];

    public FilterToken Take()
    {
        FilterToken token = tokens[_at];
        _at += token.Kind == TokenKind.End ? 0 : 1;
        return token;
    }

    public bool TryTake(TokenKind kind)
    {
        bool found = Current.Kind == kind;
        if (found)
        {
            Take();
        }

        return found;
    }

    /// <summary>The comparison that stands here; "equal" where there is none.</summary>
    public Comparison TakeComparison() => Current.Kind == TokenKind.Comparison ? Take().Comparison : Comparison.Equal;

    /// <summary>The word that stands here; null, with an error, when there is none.</summary>
    public FilterToken? TakeValue(FilterToken keyword, string what)
    {
        if (Current.Kind == TokenKind.Word)
        {
            return Take();
        }

        if (Current.Kind == TokenKind.Comparison && _at > 0 && tokens[_at - 1] is { Kind: TokenKind.Comparison } previous)
        {
            string? meant = (previous.Text, Current.Text) switch { ("=", "<") => "<=", ("=", ">") => ">=", ("<", ">") => "!=", _ => null };
            FilterToken both = previous with { Length = Current.Position + Current.Length - previous.Position };
            return Fail<FilterToken?>(both, "one comparison is enough", meant);
        }

        if (Current.Kind == TokenKind.Not)
        {
            return Fail<FilterToken?>(Current, $"“{keyword.Text}” needs {what} here", "!=");
        }

        bool isEnd = Current.Kind is TokenKind.End or TokenKind.Close;
        return Fail<FilterToken?>(
            Current,
            isEnd ? $"“{keyword.Text}” needs {what}" : $"“{keyword.Text}” needs {what} and not “{Current.Text}”; a name like this stands in quotes",
            null);
    }

    /// <summary>A value that is equal (=) or not (!=), since its kind has no order; null, with an error, when something else stands here.</summary>
    public FilterExpression? TakeEqual(FilterToken keyword, string what, Func<FilterToken, FilterExpression?> parse)
    {
        FilterToken sign = Current;
        Comparison comparison = TakeComparison();
        if (comparison is not (Comparison.Equal or Comparison.NotEqual))
        {
            return Fail<FilterExpression>(sign, $"“{keyword.Text}” is equal (=) or not (!=)", "=");
        }

        if (TakeValue(keyword, what) is not { } value || parse(value) is not { } test)
        {
            return null;
        }

        return comparison == Comparison.NotEqual ? new Negated(test) : test;
    }

    /// <summary>A comparison with a number in a unit; null, with an error, when something else stands here.</summary>
    public (Comparison Comparison, ulong Number)? TakeQuantity(FilterToken keyword, FieldUnit unit)
    {
        Comparison comparison = TakeComparison();
        if (TakeValue(keyword, unit == FieldUnit.Duration ? "a duration" : "a number") is not { } value)
        {
            return null;
        }

        return Quantity.Parse(value.Text, unit, out string complaint, out string? suggestion) is { } number
            ? (comparison, number)
            : Fail<(Comparison, ulong)?>(value, complaint, suggestion);
    }

    public T? Fail<T>(FilterToken where, string message, string? suggestion = null)
    {
        Error ??= new(text, where.Position, Math.Max(1, where.Length), message, suggestion);
        return default;
    }
}
