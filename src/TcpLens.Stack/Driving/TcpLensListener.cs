using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Accepts connections as streams. From any thread, and any number of accepts at a time.</summary>
public sealed class TcpLensListener : IListenerProgram, IDriven, IDisposable
{
    private readonly StackDriver _driver;
    private readonly HostListener _listener;
    private readonly LinkedList<TaskCompletionSource<TcpLensStream>> _waiting = new();
    private bool _isClosed;

    private TcpLensListener(StackDriver driver, HostListener listener)
    {
        (_driver, _listener) = (driver, listener);
        driver.Attach(this);
    }

    /// <summary>With the port that the host chose.</summary>
    public Endpoint Local => _listener.Local;

    /// <param name="driver">Of the host.</param>
    /// <param name="local">An address of the host, or the unspecified one; port 0: one that the host chooses.</param>
    /// <param name="options">Queues and what connections begin with.</param>
    /// <exception cref="TcpLensException">The port is taken, or the address is not the host's.</exception>
    public static TcpLensListener Open(StackDriver driver, Endpoint local, ListenOptions? options = null)
        => (TcpLensListener)driver.Listen(local, options ?? ListenOptions.Default, listener => new TcpLensListener(driver, listener)).Tag!;

    /// <summary>The connection that has waited longest, or the next one.</summary>
    /// <exception cref="ObjectDisposedException">The listener was closed, or the driver has ended.</exception>
    public async ValueTask<TcpLensStream> AcceptAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiting = new TaskCompletionSource<TcpLensStream>(
            _driver.ContinuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<TaskCompletionSource<TcpLensStream>> place = _driver.Ask(now => Enqueue(waiting, now));
        using CancellationTokenRegistration cancelling = cancellationToken.UnsafeRegister(_ => Cancel(place, cancellationToken), null);
        return await waiting.Task.ConfigureAwait(false);
    }

    /// <summary>Listens no more. Connections that nobody accepted are reset; those that were accepted go on.</summary>
    public void Dispose() => _driver.Ask(now =>
    {
        if (!_isClosed)
        {
            _listener.Close(now);
            _driver.Detach(this);
            End();
        }

        return true;
    });

    void IListenerProgram.Hear(HostListener listener, Instant now) => Serve();

    void IDriven.OnEnd(Instant now) => End();

    private LinkedListNode<TaskCompletionSource<TcpLensStream>> Enqueue(TaskCompletionSource<TcpLensStream> waiting, Instant now)
    {
        _ = now;
        ObjectDisposedException.ThrowIf(_isClosed, this);
        LinkedListNode<TaskCompletionSource<TcpLensStream>> place = _waiting.AddLast(waiting);
        Serve();
        return place;
    }

    private void Serve()
    {
        while (_waiting.First is { } first && _listener.TryAccept(out HostConnection? connection))
        {
            _waiting.RemoveFirst();
            first.Value.SetResult(new TcpLensStream(_driver, connection!));
        }
    }

    private void Cancel(LinkedListNode<TaskCompletionSource<TcpLensStream>> place, CancellationToken cancellation) => _driver.Ask(_ =>
    {
        if (place.List is not null)
        {
            _waiting.Remove(place);
            place.Value.SetCanceled(cancellation);
        }

        return true;
    });

    private void End()
    {
        _isClosed = true;
        foreach (TaskCompletionSource<TcpLensStream> waiting in _waiting)
        {
            waiting.SetException(new ObjectDisposedException(nameof(TcpLensListener)));
        }

        _waiting.Clear();
    }
}
