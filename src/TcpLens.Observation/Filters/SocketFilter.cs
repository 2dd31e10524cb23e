using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>
/// Which sockets are meant, in the language of ss with additions (docs/filters.md).
/// <code>
/// (SocketFilter? filter, FilterError? failure) = SocketFilter.Parse("sport 22 and rtt > 100ms", names);
/// </code>
/// </summary>
public sealed class SocketFilter
{
    private const int LongestText = 1 << 16;

    private readonly FilterExpression _plan;

    private SocketFilter(FilterExpression root, IReadOnlyList<string> warnings)
    {
        Root = root;
        Warnings = warnings;
        States = root.StatesWhere(true);
        Needs = root.Needs;
        _plan = CheapFirst(root);
    }

    /// <summary>The filter that every socket passes.</summary>
    public static SocketFilter Everything { get; } = new(new AllOf(new()), []);

    public FilterExpression Root { get; }

    /// <summary>The states of the sockets that can match: never too few. No socket of another state need be looked at.</summary>
    public StateSet States { get; }

    /// <summary>True when the filter says which states it is about; otherwise the caller may take a default set.</summary>
    public bool NamesAState => Root.NamesAState;

    public FilterNeeds Needs { get; }

    /// <summary>What the user should know before trusting the answer; each may have several lines.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads a filter; the empty one matches everything. Never throws: what is wrong is in the result.</summary>
    public static FilterResult Parse(string text, INameLookup names)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(names);
        if (text.Length > LongestText)
        {
            return new(null, new(text, LongestText, 1, $"a filter has at most {LongestText} characters", null));
        }

        List<FilterToken> tokens = [];
        if (FilterLexer.Tokenize(text, tokens) is { } failure)
        {
            return new(null, failure);
        }

        var reader = new TokenReader(text, tokens);
        return new FilterParser(reader, new Predicates(reader, names)).ParseAll() is { } reading
            ? new(new SocketFilter(reading.LeftToRight, WarningsOf(reading)), null)
            : new(null, reader.Error);
    }

    /// <summary>True when the socket is known to be meant; allocates nothing.</summary>
    public bool Matches(in SocketEntry entry, ISocketContext context) => _plan.Evaluate(entry, context) == Truth.True;

    /// <summary>The filter in full, with parentheses; parses back to the same tree.</summary>
    public override string ToString() => Root.ToString();

    private static List<string> WarningsOf(FilterParser.Reading reading)
    {
        List<string> warnings = [];
        if (reading.Ambiguity is { } ambiguity)
        {
            warnings.Add(ambiguity);
        }

        if (reading.LeftToRight.StatesWhere(true) == StateSet.None)
        {
            warnings.Add("no socket can match: it would have to be in no state, or in two at once");
        }

        return warnings;
    }

    /// <summary>The order of terms is free; those that need only the entry come first, so that the others are seldom asked.</summary>
    private static FilterExpression CheapFirst(FilterExpression expression) => expression switch
    {
        AllOf all => new AllOf(CheapFirst(all.Terms)),
        AnyOf any => new AnyOf(CheapFirst(any.Terms)),
        Negated negated => new Negated(CheapFirst(negated.Term)),
        _ => expression,
    };

    private static ValueList<FilterExpression> CheapFirst(ValueList<FilterExpression> terms)
    {
        List<FilterExpression> cheap = [], costly = [];
        foreach (FilterExpression term in terms.Span)
        {
            (term.Needs == FilterNeeds.None ? cheap : costly).Add(CheapFirst(term));
        }

        return new([.. cheap, .. costly]);
    }
}

/// <summary>A filter, or what is wrong with its text; exactly one of the two.</summary>
public readonly record struct FilterResult(SocketFilter? Filter, FilterError? Failure);
