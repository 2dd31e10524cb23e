namespace TcpLens.Diagnosis;

/// <summary>What there is to know about an errno of Linux on x86-64 (arm64 and most others have the same numbers; MIPS, SPARC and Alpha do not).</summary>
/// <param name="Number">1 to 133, or 512 and more for those that never leave the kernel.</param>
/// <param name="Symbol">"ETIMEDOUT"; empty for a number that nobody was given.</param>
/// <param name="Text">What strerror() of the GNU C library says.</param>
public sealed record ErrnoPage(int Number, string Symbol, string Text)
{
    private const int FirstInternal = 512;

    /// <summary>Other names of the same number: EWOULDBLOCK.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What it means for TCP; null when no call on a TCP socket gives it in ordinary use.</summary>
    public TcpErrno? OnTcp { get; init; }

    /// <summary>Where else it comes from, in a sentence; may be empty.</summary>
    public string Elsewhere { get; init; } = "";

    public bool IsAssigned => Symbol.Length > 0;

    /// <summary>True for what strace shows and no program ever gets.</summary>
    public bool IsInternal => Number >= FirstInternal;

    /// <summary>"ETIMEDOUT", "errno 41".</summary>
    public string Name => IsAssigned ? Symbol : $"errno {Number}";

    /// <summary>The ICMP messages that the kernel turns into it.</summary>
    public IEnumerable<IcmpErrno> Icmp => IcmpErrnos.All.Where(row => row.Symbol == Symbol);
}
