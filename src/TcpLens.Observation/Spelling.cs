namespace TcpLens.Observation;

/// <summary>Finds the word that was probably meant.</summary>
public static class Spelling
{
    private const int LongestWord = 40;

    /// <summary>The candidate with the fewest typing mistakes, when they are few for its length; the first of equals.</summary>
    public static string? Nearest(string word, ReadOnlySpan<string> candidates)
    {
        string? nearest = null;
        int best = 1 + Math.Max(1, word.Length / 3);
        if (word.Length is < 2 or > LongestWord)
        {
            return null;
        }

        string lower = word.ToLowerInvariant();
        foreach (string candidate in candidates)
        {
            int distance = Distance(lower, candidate);
            if (distance < best)
            {
                (nearest, best) = (candidate, distance);
            }
        }

        return nearest;
    }

    /// <summary>Letters inserted, left out, replaced, or swapped with their neighbour (optimal string alignment).</summary>
    public static int Distance(string from, string to)
    {
        var cost = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            cost[i, 0] = i;
        }

        for (int j = 0; j <= to.Length; j++)
        {
            cost[0, j] = j;
        }

        for (int i = 1; i <= from.Length; i++)
        {
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replaced, 1 + Math.Min(cost[i - 1, j], cost[i, j - 1]));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[from.Length, to.Length];
    }
}
