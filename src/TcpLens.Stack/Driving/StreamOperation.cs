using System.Threading.Tasks.Sources;
using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// A read or a write of a stream: tried at once, and again whenever something happened, until it is done. Each stream has one of either, used
/// again and again, so that waiting allocates nothing.
/// </summary>
internal abstract class StreamOperation(TcpLensStream stream) : DriverCall, IValueTaskSource<int>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<int> _source = new() { RunContinuationsAsynchronously = !stream.Driver.ContinuesInline };
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private TimeSpan _timeout;
    private Instant _deadline = Instant.Never;
    private int _isTaken;
    private bool _isPending;

    /// <summary>The deadline queue's own note.</summary>
    public Instant WatchedUntil { get; set; } = Instant.Never;

    protected TcpLensStream Stream { get; } = stream;

    /// <summary>Takes the operation for one use, and begins it.</summary>
    /// <exception cref="InvalidOperationException">The one before is not done.</exception>
    protected short Start(TimeSpan timeout, CancellationToken cancellation)
    {
        _source.Reset();
        (_timeout, _token) = (timeout, cancellation);
        short version = _source.Version;
        Stream.Driver.Submit(this);
        if (cancellation.CanBeCanceled && _source.GetStatus(version) == ValueTaskSourceStatus.Pending)
        {
            _cancellation = cancellation.UnsafeRegister(
                static state => ((Cancellation)state!).Submit(),
                new Cancellation(this, version));
        }

        return version;
    }

    protected void Take()
    {
        if (Interlocked.Exchange(ref _isTaken, 1) != 0)
        {
            throw new InvalidOperationException("One read and one write at a time: the one before is not done");
        }
    }

    public sealed override void Run(Instant now)
    {
        _isPending = true;
        Continue(now);
        if (_isPending && _timeout >= TimeSpan.Zero)
        {
            _deadline = now + _timeout;
            Stream.Driver.Watch(this, _deadline);
        }
    }

    /// <summary>Something happened that may have brought it further.</summary>
    public void Continue(Instant now)
    {
        if (!_isPending)
        {
            return;
        }

        try
        {
            int done = Step(now);
            if (done >= 0)
            {
                _isPending = false;
                _source.SetResult(done);
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    public void Fail(Exception failure)
    {
        if (_isPending)
        {
            _isPending = false;
            _source.SetException(failure);
        }
    }

    public void OnDeadline(Instant now)
    {
        if (_isPending && _deadline <= now)
        {
            Fail(new TcpLensException($"{Verb} within {_timeout.TotalSeconds:0.###} s", "ETIMEDOUT", "the deadline of the stream is over"));
        }
        else if (_isPending)
        {
            Stream.Driver.Watch(this, _deadline);
        }
    }

    public int GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _cancellation.Dispose();
            _cancellation = default;
            _deadline = Instant.Never;
            Release();
            Volatile.Write(ref _isTaken, 0);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _source.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <summary>"read", for messages.</summary>
    protected abstract string Verb { get; }

    /// <summary>Octets, or less than 0 when it has to wait.</summary>
    protected abstract int Step(Instant now);

    /// <summary>Lets go of the program's memory.</summary>
    protected abstract void Release();

    /// <summary>A token was cancelled; the operation may be done by then, and be another one already.</summary>
    private sealed class Cancellation(StreamOperation operation, short version) : DriverCall
    {
        public void Submit() => operation.Stream.Driver.Submit(this);

        public override void Run(Instant now)
        {
            if (operation._source.Version == version)
            {
                operation.Fail(new OperationCanceledException(operation._token));
            }
        }
    }
}

/// <summary>Takes what is there; waits while there is nothing.</summary>
internal sealed class ReadOperation(TcpLensStream stream) : StreamOperation(stream)
{
    private Memory<byte> _into;

    protected override string Verb => "read";

    public ValueTask<int> Start(Memory<byte> into, TimeSpan timeout, CancellationToken cancellation)
    {
        Take();
        _into = into;
        return new(this, Start(timeout, cancellation));
    }

    protected override int Step(Instant now)
    {
        HostConnection connection = Stream.Connection;
        Stream.ThrowIfDisposed();
        if (connection.Readable > 0)
        {
            return _into.IsEmpty ? 0 : connection.Receive(_into.Span, now);
        }

        if (connection.Error != ConnectionError.None)
        {
            throw new TcpLensException(connection.Error, Verb);
        }

        return connection.HasPeerClosed || connection.State == TcpState.Closed ? 0 : -1;
    }

    protected override void Release() => _into = default;
}

/// <summary>Is done when everything is taken; what is taken is not yet sent.</summary>
internal sealed class WriteOperation(TcpLensStream stream) : StreamOperation(stream)
{
    private ReadOnlyMemory<byte> _rest;

    protected override string Verb => "write";

    public ValueTask Start(ReadOnlyMemory<byte> octets, TimeSpan timeout, CancellationToken cancellation)
    {
        Take();
        _rest = octets;
        return new(this, Start(timeout, cancellation));
    }

    protected override int Step(Instant now)
    {
        HostConnection connection = Stream.Connection;
        Stream.ThrowIfDisposed();
        if (connection.Error != ConnectionError.None)
        {
            throw new TcpLensException(connection.Error, Verb);
        }

        if (connection.State is not (TcpState.Established or TcpState.CloseWait or TcpState.SynSent or TcpState.SynReceived))
        {
            throw new TcpLensException(Verb, "EPIPE", "this end has been closed");
        }

        _rest = _rest[connection.Send(_rest.Span, now)..];
        return _rest.IsEmpty ? 0 : -1;
    }

    protected override void Release() => _rest = default;
}
