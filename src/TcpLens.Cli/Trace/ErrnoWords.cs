using TcpLens.Diagnosis;

namespace TcpLens.Cli;

/// <summary>Names and texts of errors by number, looked up once: the catalogue is searched, and events are many.</summary>
internal static class ErrnoWords
{
    private static readonly ErrnoPage?[] Pages = [.. Enumerable.Range(0, ErrnoCatalog.Last + 1).Select(static number => number == 0 ? null : ErrnoCatalog.Of(number))];

    /// <summary>"ECONNRESET"; null for 0 and for a number that is none.</summary>
    public static string? SymbolOf(ushort errno) => PageOf(errno)?.Symbol;

    /// <summary>What the C library says; null for 0 and for a number that is none.</summary>
    public static string? TextOf(ushort errno) => PageOf(errno)?.Text;

    private static ErrnoPage? PageOf(ushort errno) => errno < Pages.Length && Pages[errno] is { IsAssigned: true } page ? page : null;
}
