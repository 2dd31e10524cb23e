using System.Text;

namespace TcpLens.Observation.Filters;

/// <summary>
/// Cuts a filter into tokens. Operators and parentheses need no blanks around them; quotes and the backslash make a word of anything.
/// </summary>
internal static class FilterLexer
{
    public static FilterError? Tokenize(string text, List<FilterToken> tokens)
    {
        int at = 0;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            FilterToken token = Operator(text, at) ?? Word(text, at);
            if (token.Length == 0)
            {
                return new(text, at, 1, "this quote is never closed", null);
            }

            tokens.Add(token);
            at += token.Length;
        }

        tokens.Add(new(TokenKind.End, "", text.Length, 1));
        return null;
    }

    private static FilterToken? Operator(string text, int at)
    {
        (char first, char second) = (text[at], at + 1 < text.Length ? text[at + 1] : '\0');
        return (first, second) switch
        {
            ('(', _) => Sign(TokenKind.Open, 1),
            (')', _) => Sign(TokenKind.Close, 1),
            ('!', '=') => Sign(TokenKind.Comparison, 2, Comparison.NotEqual),
            ('!', _) => Sign(TokenKind.Not, 1),
            ('&', '&') => Sign(TokenKind.And, 2),
            ('&', _) => Sign(TokenKind.And, 1),
            ('|', '|') => Sign(TokenKind.Or, 2),
            ('|', _) => Sign(TokenKind.Or, 1),
            ('=', '=') => Sign(TokenKind.Comparison, 2),
            ('=', _) => Sign(TokenKind.Comparison, 1),
            ('<', '=') => Sign(TokenKind.Comparison, 2, Comparison.LessOrEqual),
            ('<', _) => Sign(TokenKind.Comparison, 1, Comparison.Less),
            ('>', '=') => Sign(TokenKind.Comparison, 2, Comparison.GreaterOrEqual),
            ('>', _) => Sign(TokenKind.Comparison, 1, Comparison.Greater),
            _ => null,
        };

        FilterToken Sign(TokenKind kind, int length, Comparison comparison = Comparison.Equal)
            => new(kind, text.Substring(at, length), at, length, comparison);
    }

    /// <summary>A token of length 0 stands for a quote that is never closed.</summary>
    private static FilterToken Word(string text, int start)
    {
        var word = new StringBuilder();
        char quote = '\0';
        bool isPlain = true;
        int at = start;
        for (; at < text.Length && (quote != '\0' || !FilterText.EndsWord(text[at])); at++)
        {
            char c = text[at];
            if (c == '\\' && at + 1 < text.Length)
            {
                word.Append(text[++at]);
                isPlain = false;
            }
            else if (c is '"' or '\'' && (quote == '\0' || quote == c))
            {
                quote = quote == '\0' ? c : '\0';
                isPlain = false;
            }
            else
            {
                word.Append(c);
            }
        }

        if (quote != '\0')
        {
            return default;
        }

        var token = new FilterToken(TokenKind.Word, word.ToString(), start, at - start);
        TokenKind kind = isPlain ? FilterText.KindOf(token.Text) : TokenKind.Word;
        return token with { Kind = kind, Comparison = ComparisonOf(token.Text) };
    }

    private static Comparison ComparisonOf(string word) => word.ToLowerInvariant() switch
    {
        "ne" or "neq" => Comparison.NotEqual,
        "lt" => Comparison.Less,
        "le" or "leq" => Comparison.LessOrEqual,
        "gt" => Comparison.Greater,
        "ge" or "geq" => Comparison.GreaterOrEqual,
        _ => Comparison.Equal,
    };
}
