using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>One connection of a host: a <see cref="TcpConnection"/> with addresses and ports. Calls go through here, so that the host knows.</summary>
public sealed class HostConnection
{
    internal HostConnection()
    {
    }

    public Endpoint Local => throw new NotImplementedException();

    public Endpoint Remote => throw new NotImplementedException();

    /// <summary>The program's own.</summary>
    public object? Tag { get; set; }

    public TcpState State => throw new NotImplementedException();

    public ConnectionError Error => throw new NotImplementedException();

    public ConnectionError SoftError => throw new NotImplementedException();

    public ConnectionOptions Options { get => throw new NotImplementedException(); set => throw new NotImplementedException(); }

    public ConnectionStatus Status => throw new NotImplementedException();

    public int Readable => throw new NotImplementedException();

    public int Writable => throw new NotImplementedException();

    public int UrgentOctets => throw new NotImplementedException();

    public bool HasPeerClosed => throw new NotImplementedException();

    public int Send(ReadOnlySpan<byte> octets, Instant now, bool isUrgent = false) => throw new NotImplementedException();

    public int Receive(Span<byte> into, Instant now, bool peek = false) => throw new NotImplementedException();

    public ReadOnlySpan<byte> Peek() => throw new NotImplementedException();

    public void Skip(int octets, Instant now) => throw new NotImplementedException();

    public void CloseSending(Instant now) => throw new NotImplementedException();

    public void Close(Instant now) => throw new NotImplementedException();

    public void Abort(Instant now) => throw new NotImplementedException();
}
