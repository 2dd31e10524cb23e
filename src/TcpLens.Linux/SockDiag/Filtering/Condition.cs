namespace TcpLens.Linux;

/// <summary>Opcodes of inet_diag's filter (linux/inet_diag.h, INET_DIAG_BC_*). The numbers are the kernel's.</summary>
internal enum InetDiagOp : byte
{
    Jump = 1,
    SourcePortAtLeast = 2,
    SourcePortAtMost = 3,
    DestinationPortAtLeast = 4,
    DestinationPortAtMost = 5,
    SourceHost = 7,
    DestinationHost = 8,
    Device = 9,
    Mark = 10,
    SourcePortEqual = 11,
    DestinationPortEqual = 12,
    Cgroup = 13,
}

/// <summary>What the kernel can decide: comparisons, and "not" of them only, under "and" and "or".</summary>
internal abstract record Condition
{
    public static readonly Condition Always = new Constant(true);
    public static readonly Condition Never = new Constant(false);

    /// <summary>The opposite, with "not" moved down to the comparisons (De Morgan).</summary>
    public abstract Condition Opposite();

    public static Condition All(params ReadOnlySpan<Condition> terms) => Join(terms, isAll: true);

    public static Condition Any(params ReadOnlySpan<Condition> terms) => Join(terms, isAll: false);

    private static Condition Join(ReadOnlySpan<Condition> terms, bool isAll)
    {
        var kept = new List<Condition>(terms.Length);
        foreach (Condition term in terms)
        {
            if (term is not Constant { Value: var value })
            {
                kept.Add(term);
            }
            else if (value != isAll)
            {
                return term;
            }
        }

        return kept.Count switch
        {
            0 => isAll ? Always : Never,
            1 => kept[0],
            _ => new Joined(isAll, [.. kept]),
        };
    }

    public sealed record Constant(bool Value) : Condition
    {
        public override Condition Opposite() => Value ? Never : Always;
    }

    public sealed record Joined(bool IsAll, Condition[] Terms) : Condition
    {
        public override Condition Opposite() => Join(Array.ConvertAll(Terms, term => term.Opposite()), !IsAll);
    }

    /// <summary>One comparison with its argument, as octets for the kernel.</summary>
    public sealed record Compare(InetDiagOp Op, byte[] Argument, bool IsNegated = false) : Condition
    {
        public override Condition Opposite() => this with { IsNegated = !IsNegated };
    }
}
