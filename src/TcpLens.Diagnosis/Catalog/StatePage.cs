using TcpLens.Protocol;

namespace TcpLens.Diagnosis;

/// <summary>A command to look further, and what it shows.</summary>
public sealed record NextStep(string Command, string Shows);

/// <summary>What a pile-up of a state means: what it is a sign of, and what popular advice gets wrong (empty lists are allowed).</summary>
public sealed record PileUp(string Means, IReadOnlyList<string> Causes, IReadOnlyList<string> Myths);

/// <summary>
/// What there is to know about a state, or about an object of Linux that stands for one. How it is entered and left is not written
/// here a second time: it is asked of <see cref="TcpTransitions"/>.
/// </summary>
public sealed record StatePage
{
    /// <summary>Lower case with '-', never reused: "close-wait", "request-socket".</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>The state of the RFC that this is, or that this object of Linux shows as.</summary>
    public required TcpState State { get; init; }

    /// <summary>True for objects that only Linux has: request sockets, mini-sockets, sockets that are bound and nothing else.</summary>
    public bool IsLinuxOnly { get; init; }

    public required string Meaning { get; init; }

    /// <summary>Who waits for what.</summary>
    public required string Waits { get; init; }

    /// <summary>What Linux shows or keeps differently.</summary>
    public IReadOnlyList<string> OnLinux { get; init; } = [];

    public IReadOnlyList<TimerRule> Timers { get; init; } = [];

    public required PileUp PileUp { get; init; }

    public required IReadOnlyList<NextStep> NextSteps { get; init; }

    public IEnumerable<TcpTransition> Entered => TcpTransitions.Into(State);

    public IEnumerable<TcpTransition> Left => TcpTransitions.From(State);
}
