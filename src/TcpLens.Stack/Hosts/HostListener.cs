using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>A port that connections are accepted on.</summary>
public sealed class HostListener
{
    internal HostListener()
    {
    }

    public Endpoint Local => throw new NotImplementedException();

    public ListenOptions Options => throw new NotImplementedException();

    /// <summary>Connections that wait for <see cref="TryAccept"/>.</summary>
    public int Waiting => throw new NotImplementedException();

    /// <summary>Handshakes that peers have begun and not finished.</summary>
    public int HalfOpen => throw new NotImplementedException();

    /// <summary>The program's own.</summary>
    public object? Tag { get; set; }

    /// <summary>Takes the connection that has waited longest. Its events come from here on.</summary>
    public bool TryAccept(out HostConnection? connection) => throw new NotImplementedException();

    /// <summary>Listens no more: half-open connections are forgotten, those that nobody accepted are reset.</summary>
    public void Close(Instant now) => throw new NotImplementedException();
}
