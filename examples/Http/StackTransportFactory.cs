using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using TcpLens.Protocol;
using TcpLens.Stack;

namespace TcpLens.Examples;

/// <summary>What Kestrel asks for listeners: register it, and its connections are ours instead of the kernel's.</summary>
internal sealed class StackTransportFactory(StackDriver driver) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var wanted = (IPEndPoint)endpoint;
        TcpLensListener listener = TcpLensListener.Open(driver, new(HostAddress.From(wanted.Address), (ushort)wanted.Port));
        return ValueTask.FromResult<IConnectionListener>(new StackConnectionListener(listener, new(wanted.Address, listener.Local.Port)));
    }
}

internal sealed class StackConnectionListener(TcpLensListener listener, IPEndPoint local) : IConnectionListener
{
    public EndPoint EndPoint => local;

    /// <summary>Null tells Kestrel that no more will come.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return new StackConnection(await listener.AcceptAsync(cancellationToken));
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => DisposeAsync();

    public ValueTask DisposeAsync()
    {
        listener.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>A stream as the pair of pipes that Kestrel reads requests from and writes answers to.</summary>
internal sealed class StackConnection : DefaultConnectionContext, IDuplexPipe
{
    private readonly TcpLensStream _stream;

    public StackConnection(TcpLensStream stream)
    {
        _stream = stream;
        Input = PipeReader.Create(stream, new(leaveOpen: true));
        Output = PipeWriter.Create(stream, new(minimumBufferSize: 64 * 1024, leaveOpen: true));
        Transport = this;
        ConnectionId = stream.Remote.ToString();
        (LocalEndPoint, RemoteEndPoint) = (From(stream.Local), From(stream.Remote));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _stream.Abort();
        base.Abort(abortReason);
    }

    public override async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await base.DisposeAsync();
    }

    private static IPEndPoint From(Endpoint endpoint) => IPEndPoint.Parse(endpoint.ToString());
}
