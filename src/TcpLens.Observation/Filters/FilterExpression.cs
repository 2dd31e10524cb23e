using TcpLens.Protocol;

namespace TcpLens.Observation.Filters;

/// <summary>One node of a filter. Equal filters are equal trees; <see cref="ToString"/> parses back to the same tree.</summary>
public abstract record FilterExpression
{
    public virtual FilterNeeds Needs => FilterNeeds.None;

    /// <summary>True when the expression says which states it is about, so that a default set of states would be in the way.</summary>
    public virtual bool NamesAState => false;

    public abstract Truth Evaluate(in SocketEntry entry, ISocketContext context);

    /// <summary>The states in which the expression can be <paramref name="outcome"/>: never too few.</summary>
    public virtual StateSet StatesWhere(bool outcome) => StateSet.All;

    public sealed override string ToString() => Print();

    private protected abstract string Print();

    private protected static Truth Known(bool value) => value ? Truth.True : Truth.False;
}

/// <summary>True when every term is; the empty one always.</summary>
public sealed record AllOf(ValueList<FilterExpression> Terms) : FilterExpression
{
    public override FilterNeeds Needs => Several.Needs(Terms);

    public override bool NamesAState => Several.NameAState(Terms);

    public override StateSet StatesWhere(bool outcome) => outcome ? Several.Common(Terms, outcome) : Several.Joined(Terms, outcome);

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
    {
        Truth least = Truth.True;
        foreach (FilterExpression term in Terms.Span)
        {
            Truth truth = term.Evaluate(entry, context);
            if (truth == Truth.False)
            {
                return Truth.False;
            }

            least = truth < least ? truth : least;
        }

        return least;
    }

    private protected override string Print() => Several.Print(Terms, " and ");
}

/// <summary>True when one term is at least.</summary>
public sealed record AnyOf(ValueList<FilterExpression> Terms) : FilterExpression
{
    public override FilterNeeds Needs => Several.Needs(Terms);

    public override bool NamesAState => Several.NameAState(Terms);

    public override StateSet StatesWhere(bool outcome) => outcome ? Several.Joined(Terms, outcome) : Several.Common(Terms, outcome);

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context)
    {
        Truth most = Truth.False;
        foreach (FilterExpression term in Terms.Span)
        {
            Truth truth = term.Evaluate(entry, context);
            if (truth == Truth.True)
            {
                return Truth.True;
            }

            most = truth > most ? truth : most;
        }

        return most;
    }

    private protected override string Print() => Several.Print(Terms, " or ");
}

public sealed record Negated(FilterExpression Term) : FilterExpression
{
    public override FilterNeeds Needs => Term.Needs;

    public override bool NamesAState => Term.NamesAState;

    public override StateSet StatesWhere(bool outcome) => Term.StatesWhere(!outcome);

    public override Truth Evaluate(in SocketEntry entry, ISocketContext context) => 2 - Term.Evaluate(entry, context);

    private protected override string Print() => $"not {Several.Enclosed(Term)}";
}

/// <summary>What "and" and "or" have in common.</summary>
internal static class Several
{
    public static FilterNeeds Needs(ValueList<FilterExpression> terms)
    {
        FilterNeeds needs = FilterNeeds.None;
        foreach (FilterExpression term in terms.Span)
        {
            needs |= term.Needs;
        }

        return needs;
    }

    public static bool NameAState(ValueList<FilterExpression> terms)
    {
        bool named = false;
        foreach (FilterExpression term in terms.Span)
        {
            named |= term.NamesAState;
        }

        return named;
    }

    public static StateSet Joined(ValueList<FilterExpression> terms, bool outcome)
    {
        StateSet states = StateSet.None;
        foreach (FilterExpression term in terms.Span)
        {
            states |= term.StatesWhere(outcome);
        }

        return states;
    }

    public static StateSet Common(ValueList<FilterExpression> terms, bool outcome)
    {
        StateSet states = StateSet.All;
        foreach (FilterExpression term in terms.Span)
        {
            states &= term.StatesWhere(outcome);
        }

        return states;
    }

    public static string Print(ValueList<FilterExpression> terms, string between)
    {
        var texts = new string[terms.Count];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = Enclosed(terms[i]);
        }

        return string.Join(between, texts);
    }

    public static string Enclosed(FilterExpression term) => term is AllOf or AnyOf ? $"({term})" : term.ToString();

    /// <summary>Joins terms; a term that is itself such a list is opened, so that (a and b) and c is a and b and c.</summary>
    public static FilterExpression All(params ReadOnlySpan<FilterExpression> terms) => Join(terms, static term => (term as AllOf)?.Terms, static list => new AllOf(list));

    public static FilterExpression Any(params ReadOnlySpan<FilterExpression> terms) => Join(terms, static term => (term as AnyOf)?.Terms, static list => new AnyOf(list));

    private static FilterExpression Join(
        ReadOnlySpan<FilterExpression> terms,
        Func<FilterExpression, ValueList<FilterExpression>?> open,
        Func<ValueList<FilterExpression>, FilterExpression> close)
    {
        var flat = new List<FilterExpression>(terms.Length);
        foreach (FilterExpression term in terms)
        {
            if (open(term) is { } inner)
            {
                flat.AddRange(inner.Span);
            }
            else
            {
                flat.Add(term);
            }
        }

        return flat.Count == 1 ? flat[0] : close(new([.. flat]));
    }
}
