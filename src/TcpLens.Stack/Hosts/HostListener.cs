using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>A port that connections are accepted on.</summary>
public sealed class HostListener
{
    private readonly ConnectionRegistry _registry;
    private readonly ListenerTable _listeners;

    internal HostListener(ConnectionRegistry registry, ListenerTable listeners, Endpoint local, ListenOptions options, TcpSettings settings)
        => (_registry, _listeners, Local, Options, Settings) = (registry, listeners, local, options, settings);

    public Endpoint Local { get; }

    public ListenOptions Options { get; }

    /// <summary>Connections that wait for <see cref="TryAccept"/>.</summary>
    public int Waiting => Accepted.Count;

    /// <summary>Handshakes that peers have begun and not finished.</summary>
    public int HalfOpen { get; internal set; }

    public bool IsClosed { get; private set; }

    /// <summary>The program's own.</summary>
    public object? Tag { get; set; }

    internal TcpSettings Settings { get; }

    internal ConnectionQueue Accepted { get; } = new(QueueKind.Accept);

    internal bool IsFull => Accepted.Count >= Options.Backlog;

    /// <summary>It is in line for an event.</summary>
    internal bool IsTold { get; set; }

    /// <summary>When it last answered with a cookie: ACKs long after that are none.</summary>
    internal Instant? LastCookieAt { get; set; }

    /// <summary>Takes the connection that has waited longest. Its events come from here on.</summary>
    public bool TryAccept(out HostConnection? connection)
    {
        connection = Accepted.Leave();
        if (connection is null)
        {
            return false;
        }

        connection.Listener = null;
        _registry.Touch(connection);
        return true;
    }

    /// <summary>Listens no more: half-open connections are forgotten, those that nobody accepted are reset.</summary>
    public void Close(Instant now)
    {
        IsClosed = true;
        _listeners.Remove(this);
        while (TryAccept(out HostConnection? connection))
        {
            connection!.Abort(now);
        }
    }
}
