namespace TcpLens.Cli.Rendering;

/// <summary>
/// What a word may look like. Only the terminal's own palette, bold and dim, and never a background: so a light terminal stays
/// readable and the user's colours rule.
/// </summary>
internal enum Ink : byte
{
    Normal,
    Bold,
    Dim,
    Red,
    BoldRed,
    Green,
    Yellow,
    BoldYellow,
    Blue,
    Magenta,
    Cyan,
}

internal static class InkSequences
{
    public static ReadOnlySpan<byte> Reset => "\e[0m"u8;

    /// <summary>The select-graphic-rendition sequence (ECMA-48 §8.3.117) that starts the ink; nothing for normal text.</summary>
    public static ReadOnlySpan<byte> Start(this Ink ink) => ink switch
    {
        Ink.Normal => default,
        Ink.Bold => "\e[1m"u8,
        Ink.Dim => "\e[2m"u8,
        Ink.Red => "\e[31m"u8,
        Ink.BoldRed => "\e[1;31m"u8,
        Ink.Green => "\e[32m"u8,
        Ink.Yellow => "\e[33m"u8,
        Ink.BoldYellow => "\e[1;33m"u8,
        Ink.Blue => "\e[34m"u8,
        Ink.Magenta => "\e[35m"u8,
        Ink.Cyan => "\e[36m"u8,
    };
}
