namespace TcpLens.Cli.Explain;

/// <summary>A page that has all the words, and the line that shows it best.</summary>
internal sealed record SearchHit(ExplainTopic Topic, string Context);

/// <summary>Looks for words in everything that can be explained.</summary>
internal static class TopicSearch
{
    /// <summary>What a page says of one machine is no place to look for words.</summary>
    private const string OfMachine = "On this machine";

    /// <summary>Pages whose text has all the words, in any case and order, '_' and '-' being one letter; those that have them in their names first.</summary>
    public static IReadOnlyList<SearchHit> Find(IReadOnlyList<string> words)
    {
        string[] sought = [.. words.SelectMany(word => word.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(Fold)];
        return sought.Length == 0
            ? []
            : [.. ExplainTopics.All().Select(topic => Look(topic, sought)).Where(found => found.Hit is not null).OrderBy(found => found.Rank).Select(found => found.Hit!)];
    }

    /// <summary>The rank is the number of words that the name lacks, and then those that the title lacks too.</summary>
    private static (SearchHit? Hit, int Rank) Look(ExplainTopic topic, string[] words)
    {
        Explanation page = topic.Text(MachineFacts.None);
        List<string> lines = [page.Title, topic.Brief];
        lines.AddRange(page.Sections.Where(section => section.Title != OfMachine).SelectMany(section => section.Lines.Prepend(section.Title)));
        string whole = Fold(topic.Name + "\n" + string.Join('\n', lines));
        if (!Array.TrueForAll(words, word => whole.Contains(word, StringComparison.Ordinal)))
        {
            return (null, 0);
        }

        string name = Fold(topic.Name);
        int rank = (10 * Missing(name, words)) + Missing(Fold(page.Title), words);
        string context = lines.Skip(1).Where(line => line.Length > 0).MinBy(line => Missing(Fold(line), words))!;
        return (new SearchHit(topic, Unmarked(context)), rank);
    }

    private static int Missing(string text, string[] words) => words.Count(word => !text.Contains(word, StringComparison.Ordinal));

    private static string Fold(string text) => text.ToLowerInvariant().Replace('_', '-');

    private static string Unmarked(string line)
        => line.StartsWith(Explanation.Item, StringComparison.Ordinal) || line.StartsWith(Explanation.Command, StringComparison.Ordinal) ? line[2..] : line.Trim();
}
