using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>The pages of the eleven states, in the order of a connection's life, then those of Linux's own objects.</summary>
public static class StateCatalog
{
    private static readonly StatePage[] Pages = [.. OpeningStates.Pages, .. ClosingStates.Pages, .. LinuxObjects.Pages];

    public static IReadOnlyList<StatePage> All => Pages;

    public static StatePage Of(TcpState state) => Array.Find(Pages, page => page.State == state && !page.IsLinuxOnly)
        ?? throw new ArgumentOutOfRangeException(nameof(state), state, "no such state");

    /// <summary>Finds a page by its id or by any spelling of its state; null when there is none.</summary>
    public static StatePage? Find(ReadOnlySpan<char> name)
    {
        foreach (StatePage page in Pages)
        {
            if (IsId(name, page.Id))
            {
                return page;
            }
        }

        return TcpStateNames.TryParse(name, out TcpState state) ? Of(state) : null;
    }

    /// <summary>Any case, and '-', '_' or a blank between the words.</summary>
    private static bool IsId(ReadOnlySpan<char> name, string id)
    {
        if (name.Length != id.Length)
        {
            return false;
        }

        for (int i = 0; i < id.Length; i++)
        {
            char letter = name[i] is '_' or ' ' ? '-' : char.ToLowerInvariant(name[i]);
            if (letter != id[i])
            {
                return false;
            }
        }

        return true;
    }
}
