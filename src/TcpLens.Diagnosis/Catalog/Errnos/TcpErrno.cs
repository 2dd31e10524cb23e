namespace TcpLens.Diagnosis;

/// <summary>Calls that can fail on a TCP socket, in the order in which a program makes them.</summary>
public enum SocketCall : byte
{
    /// <summary>socket() and setsockopt().</summary>
    Create,

    /// <summary>bind() and listen().</summary>
    Bind,
    Connect,
    Accept,
    Send,
    Receive,

    /// <summary>What poll(), select() or epoll report, and getsockopt(SO_ERROR) then tells.</summary>
    Poll,

    /// <summary>Everything else, or any of them.</summary>
    Any,
}

/// <summary>An errno as the answer of a call on a TCP socket.</summary>
/// <param name="Meaning">What it says about the connection, in a sentence or two.</param>
/// <param name="Calls">By call, where it applies.</param>
public sealed record TcpErrno(string Meaning, params IReadOnlyList<(SocketCall Call, string Means)> Calls)
{
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>What to do about it, sentences.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    public IReadOnlyList<NextStep> NextSteps { get; init; } = [];

    /// <summary>Ids of conditions (<see cref="ConditionCatalog"/>) that end in this errno.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];
}
