using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Testing;

/// <summary>What a reader of the kernel's tables must say about one socket that <see cref="KernelStates"/> made.</summary>
/// <param name="Scenario">How it came to be, in words.</param>
/// <param name="Family">The family of the socket, which may carry IPv4 addresses all the same.</param>
/// <param name="State">One of the eleven.</param>
/// <param name="Local">Its own end.</param>
/// <param name="Remote">The peer's end; unspecified on a listener.</param>
public sealed record ExpectedSocket(string Scenario, IpFamily Family, TcpState State, Endpoint Local, Endpoint Remote)
{
    public SocketKind Kind { get; init; } = SocketKind.Full;

    /// <summary>False when no descriptor refers to it: its inode reads 0.</summary>
    public bool IsHeld { get; init; } = true;

    /// <summary>LISTEN: connections in the accept queue. Otherwise an unread FIN counts one.</summary>
    public uint ReceiveQueue { get; init; }

    /// <summary>LISTEN: the limit of the accept queue (sock_diag says it, /proc/net/tcp says 0). Otherwise an unanswered SYN or FIN counts one.</summary>
    public uint SendQueue { get; init; }

    public override string ToString() => $"{Scenario}: {Family} {State} {Local} {Remote}";
}
