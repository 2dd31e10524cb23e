using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Examples;

/// <summary>Takes everything and keeps nothing. What a program has to remember of a connection would be its fields; this one has none, so one serves all.</summary>
internal sealed class Discard : IConnectionProgram
{
    public static readonly Discard Instance = new();

    public void Hear(HostConnection connection, ConnectionEvents happened, Instant now)
    {
        while (connection.Peek() is { Length: > 0 } there)
        {
            connection.Skip(there.Length, now);
        }

        if (connection.HasPeerClosed)
        {
            connection.Close(now);
        }
    }
}

/// <summary>Sends zeros for as long as the peer takes them.</summary>
internal sealed class Generate : IConnectionProgram
{
    public static readonly Generate Instance = new();

    private static readonly byte[] Zeros = new byte[1 << 18];

    public void Hear(HostConnection connection, ConnectionEvents happened, Instant now)
    {
        if (connection.HasPeerClosed)
        {
            connection.Close(now);
            return;
        }

        while (connection.Writable > 0)
        {
            connection.Send(Zeros, now);
        }
    }
}

/// <summary>Sends back what comes, and closes when the peer has closed and everything is back.</summary>
internal sealed class Echo : IConnectionProgram
{
    public static readonly Echo Instance = new();

    public void Hear(HostConnection connection, ConnectionEvents happened, Instant now)
    {
        while (connection.Writable > 0 && connection.Peek() is { Length: > 0 } there)
        {
            connection.Skip(connection.Send(there, now), now);
        }

        if (connection.HasPeerClosed)
        {
            connection.Close(now);
        }
    }
}

/// <summary>Sends back the first octets, and closes.</summary>
internal sealed class EchoOnce : IConnectionProgram
{
    public static readonly EchoOnce Instance = new();

    public void Hear(HostConnection connection, ConnectionEvents happened, Instant now)
    {
        ReadOnlySpan<byte> there = connection.Peek();
        if (there.Length > 0 && connection.Writable > 0)
        {
            connection.Send(there, now);
            connection.Skip(there.Length, now);
        }

        if (happened.HasFlag(ConnectionEvents.Readable) || connection.HasPeerClosed)
        {
            connection.Close(now);
        }
    }
}
