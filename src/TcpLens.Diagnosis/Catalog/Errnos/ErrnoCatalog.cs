using System.Globalization;

namespace TcpLens.Diagnosis;

/// <summary>Every errno of Linux on x86-64, 1 to 133, and those above 511 that only strace shows. Built when first asked.</summary>
public static class ErrnoCatalog
{
    /// <summary>The highest number that a program can get.</summary>
    public const int Last = 133;

    private static readonly ErrnoPage[] Pages = [.. ErrnoTable.Rows.Select(WithMeaning)];

    public static IReadOnlyList<ErrnoPage> All => Pages;

    public static ErrnoPage? Of(int number) => Array.Find(Pages, page => page.Number == number);

    /// <summary>By symbol or alias in any case ("etimedout", "EWOULDBLOCK"), or by number with or without a minus ("110", "-110"); null when there is none.</summary>
    public static ErrnoPage? Find(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> name = text.Trim();
        if (int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return number == int.MinValue ? null : Of(Math.Abs(number));
        }

        string symbol = name.ToString();
        return Array.Find(Pages, page => page.IsAssigned && Is(page, symbol));
    }

    private static bool Is(ErrnoPage page, string symbol)
        => page.Symbol.Equals(symbol, StringComparison.OrdinalIgnoreCase) || page.Aliases.Contains(symbol, StringComparer.OrdinalIgnoreCase);

    private static ErrnoPage WithMeaning(ErrnoPage row) => row.Symbol.Length > 0 && TcpErrnos.Of(row.Symbol) is { } meaning ? row with { OnTcp = meaning } : row;
}
