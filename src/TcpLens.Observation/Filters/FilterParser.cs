using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>
/// The grammar of ss: terms joined by "and", "or" or nothing at all (which is "and"), of equal rank, read from left to right; "not"
/// takes the one term behind it. Every list is read twice, as ss does and with "and" before "or", to tell when that differs.
/// </summary>
internal sealed class FilterParser(TokenReader reader, ITermReader vocabulary)
{
    /// <summary>Parentheses and negations within one another; keeps the recursion far from the end of the stack.</summary>
    private const int DeepestNesting = 100;

    /// <summary>Nobody types more; and a list of that many alternating operators is as deep as it is long.</summary>
    private const int MostTerms = 1000;

    private int _terms;

    /// <summary>The two readings of a piece of the filter.</summary>
    public sealed record Reading(FilterExpression LeftToRight, FilterExpression AndFirst)
    {
        /// <summary>What the user should know when the two differ; null when they are the same.</summary>
        public string? Ambiguity => LeftToRight.Equals(AndFirst) ? null : $"""
            “and” and “or” are mixed without parentheses; as in ss they have equal rank and go from left to right
              read as:  {LeftToRight}
              and not:  {AndFirst}
            """;
    }

    public Reading? ParseAll()
    {
        if (reader.Current.Kind == TokenKind.End)
        {
            var everything = new AllOf(new());
            return new(everything, everything);
        }

        Reading? all = List(0);
        return all is null || reader.Current.Kind == TokenKind.End
            ? all
            : reader.Fail<Reading>(reader.Current, "no parenthesis is open here");
    }

    private Reading? List(int depth)
    {
        List<Reading> terms = [];
        List<bool> isOr = [];
        StateSet? run = null;
        while (true)
        {
            bool isState = StartsStates();
            StateSet? states = isState ? States(run) : null;
            Reading? term = !isState ? Term(depth) : states is { } set ? Same(vocabulary.InStates(set)) : null;
            if (term is null)
            {
                return null;
            }

            if (run is not null && isState)
            {
                terms[^1] = term;
            }
            else
            {
                terms.Add(term);
            }

            run = states;
            if (reader.Current.Kind is TokenKind.End or TokenKind.Close)
            {
                return Combine(terms, isOr);
            }

            bool isJoined = reader.Current.Kind is TokenKind.And or TokenKind.Or;
            if (isJoined || run is null || !StartsStates())
            {
                isOr.Add(isJoined && reader.Take().Kind == TokenKind.Or);
                run = null;
            }
        }
    }

    private Reading? Term(int depth)
    {
        FilterToken token = reader.Current;
        if (depth > DeepestNesting || ++_terms > MostTerms)
        {
            return reader.Fail<Reading>(token, $"a filter has at most {DeepestNesting} levels and {MostTerms} terms");
        }

        switch (token.Kind)
        {
            case TokenKind.Not:
                reader.Take();
                return Term(depth + 1) is { } term ? new(new Negated(term.LeftToRight), new Negated(term.AndFirst)) : null;
            case TokenKind.Open:
                return Parenthesis(depth);
            case TokenKind.Word when StartsStates():
                return States(null) is { } states ? Same(vocabulary.InStates(states)) : null;
            case TokenKind.Word:
                return vocabulary.Parse() is { } predicate ? Same(predicate) : null;
            case TokenKind.End:
                return reader.Fail<Reading>(token, "the filter ends where a term is expected");
            case TokenKind.Close:
                return reader.Fail<Reading>(token, "there is nothing between the parentheses, or after the operator");
            default:
                return reader.Fail<Reading>(token, $"a term is expected here and not “{token.Text}”");
        }
    }

    private Reading? Parenthesis(int depth)
    {
        FilterToken open = reader.Take();
        Reading? inner = List(depth + 1);
        return inner is null || reader.TryTake(TokenKind.Close)
            ? inner
            : reader.Fail<Reading>(open, "this parenthesis is never closed");
    }

    private bool StartsStates() => reader.Current is var word && (word.Is("state") || word.Is("exclude") || word.Is("excl"));

    /// <summary>
    /// One "state A" or "exclude A". In a row they add up as in ss: the first "state" begins with nothing and the first "exclude"
    /// with everything, each further one adds or takes away.
    /// </summary>
    private StateSet? States(StateSet? soFar)
    {
        FilterToken keyword = reader.Take();
        bool isExclude = !keyword.Is("state");
        if (reader.TakeValue(keyword, "the name of a state") is not { } value || vocabulary.StatesOf(value) is not { } named)
        {
            return null;
        }

        return isExclude ? (soFar ?? StateSet.All) & ~named : (soFar ?? StateSet.None) | named;
    }

    private static Reading Same(FilterExpression expression) => new(expression, expression);

    private static Reading Combine(List<Reading> terms, List<bool> isOr)
    {
        FilterExpression leftToRight = terms[0].LeftToRight;
        FilterExpression group = terms[0].AndFirst;
        List<FilterExpression> groups = [];
        for (int i = 0; i < isOr.Count; i++)
        {
            Reading next = terms[i + 1];
            leftToRight = isOr[i] ? Several.Any(leftToRight, next.LeftToRight) : Several.All(leftToRight, next.LeftToRight);
            if (isOr[i])
            {
                groups.Add(group);
                group = next.AndFirst;
            }
            else
            {
                group = Several.All(group, next.AndFirst);
            }
        }

        groups.Add(group);
        return new(leftToRight, Several.Any([.. groups]));
    }
}
