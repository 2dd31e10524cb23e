using System.Text;

namespace TcpLens.Observation.Filters;

/// <summary>The characters of the language: which of them are words, and how a word is written that would be something else.</summary>
internal static class FilterText
{
    public static bool EndsWord(char c) => char.IsWhiteSpace(c) || c is '(' or ')' or '!' or '&' or '|' or '=' or '<' or '>';

    public static TokenKind KindOf(string word) => word.ToLowerInvariant() switch
    {
        "and" => TokenKind.And,
        "or" => TokenKind.Or,
        "not" => TokenKind.Not,
        "eq" or "ne" or "neq" or "lt" or "le" or "leq" or "gt" or "ge" or "geq" => TokenKind.Comparison,
        _ => TokenKind.Word,
    };

    public static bool HasOnly(string text, string characters)
    {
        foreach (char c in text)
        {
            if (!characters.Contains(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The word as it must be written: in quotes when it holds a blank or a sign, or would be read as an operator.</summary>
    public static string Word(string text)
    {
        bool isPlain = text.Length > 0 && KindOf(text) == TokenKind.Word;
        foreach (char c in text)
        {
            isPlain &= !EndsWord(c) && c is not ('"' or '\'' or '\\');
        }

        if (isPlain)
        {
            return text;
        }

        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c is '"' or '\\' ? "\\" : "").Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
