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

    public T? Fail<T>(FilterToken where, string message, string? suggestion = null)
    {
        Error ??= new(text, where.Position, Math.Max(1, where.Length), message, suggestion);
        return default;
    }
}
