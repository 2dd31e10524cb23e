namespace TcpLens.Observation.Filters;

internal enum TokenKind : byte
{
    Word,
    Open,
    Close,
    Not,
    And,
    Or,
    Comparison,
    End,
}

/// <summary>A piece of a filter: its text without quotes, and where it stands.</summary>
internal readonly record struct FilterToken(TokenKind Kind, string Text, int Position, int Length, Comparison Comparison = Comparison.Equal)
{
    /// <summary>True when the text stands in the filter letter for letter, so that a part of it can be pointed at.</summary>
    public bool IsVerbatim => Length == Text.Length;

    public bool Is(string keyword) => Kind == TokenKind.Word && string.Equals(Text, keyword, StringComparison.OrdinalIgnoreCase);

    public FilterToken Part(int start, int length)
        => IsVerbatim ? this with { Text = Text.Substring(start, length), Position = Position + start, Length = length } : this;
}
