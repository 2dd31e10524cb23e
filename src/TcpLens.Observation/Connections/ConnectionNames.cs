using System.Text;

namespace TcpLens.Observation;

/// <summary>
/// Outcomes, marks and kinds of retransmission as words: "reset-by-responder", "zero-window", "tail-loss-probe". Reading takes any case, and
/// '-', '_', blanks or nothing between the words.
/// </summary>
public static class ConnectionNames
{
    private static readonly Dictionary<ConnectionOutcome, string> NamesOfOutcomes = Named(Enum.GetValues<ConnectionOutcome>());
    private static readonly Dictionary<SegmentMarks, string> MarkNames = Named(Array.FindAll(Enum.GetValues<SegmentMarks>(), static mark => mark != SegmentMarks.None));
    private static readonly Dictionary<RetransmissionKind, string> KindNames = Named(Enum.GetValues<RetransmissionKind>());

    /// <summary>Every outcome's name.</summary>
    public static string[] Outcomes { get; } = [.. NamesOfOutcomes.Values];

    /// <summary>Every mark's name, in the order of their bits.</summary>
    public static string[] Marks { get; } = [.. MarkNames.Values];

    extension(SegmentMarks mark)
    {
        /// <summary>The name of a single mark, "zero-window"; several with commas between.</summary>
        public string Name => MarkNames.TryGetValue(mark, out string? name) ? name : string.Join(',', mark.Each().Select(static one => MarkNames[one]));

        /// <summary>The single marks, in the order of their bits.</summary>
        public IEnumerable<SegmentMarks> Each() => MarkNames.Keys.Where(one => (mark & one) != SegmentMarks.None);
    }

    public static ConnectionOutcome? OutcomeNamed(string text) => Find(NamesOfOutcomes, text);

    public static SegmentMarks? MarkNamed(string text) => Find(MarkNames, text);

    internal static string NameOf(ConnectionOutcome outcome) => NamesOfOutcomes[outcome];

    internal static string NameOf(RetransmissionKind kind) => KindNames[kind];

    private static T? Find<T>(Dictionary<T, string> names, string text)
        where T : struct, Enum
    {
        string wanted = Folded(text);
        foreach ((T value, string name) in names)
        {
            if (Folded(name) == wanted)
            {
                return value;
            }
        }

        return null;
    }

    private static string Folded(string text)
        => string.Concat(text.Where(static letter => letter is not ('-' or '_' or ' '))).ToLowerInvariant();

    private static Dictionary<T, string> Named<T>(T[] values)
        where T : struct, Enum
        => values.ToDictionary(static value => value, static value => Kebab(value.ToString()));

    /// <summary>"ResetByResponder" as "reset-by-responder".</summary>
    private static string Kebab(string name)
    {
        var words = new StringBuilder();
        foreach (char letter in name)
        {
            words.Append(char.IsUpper(letter) && words.Length > 0 ? "-" : "").Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }
}

public static class OutcomeNames
{
    extension(ConnectionOutcome outcome)
    {
        /// <summary>"reset-by-responder"</summary>
        public string Name => ConnectionNames.NameOf(outcome);
    }
}

public static class RetransmissionNames
{
    extension(RetransmissionKind kind)
    {
        /// <summary>"tail-loss-probe"</summary>
        public string Name => ConnectionNames.NameOf(kind);
    }
}
