using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// A connection as a stream. One read and one write can go on at a time, from any threads. What fails is a <see cref="TcpLensException"/>
/// with the name of the errno. Disposing closes; <see cref="CloseSending"/> closes one way, <see cref="Abort"/> both at once.
/// </summary>
public sealed class TcpLensStream : Stream, IConnectionProgram, IDriven
{
    private readonly ReadOperation _read;
    private readonly WriteOperation _write;
    private TimeSpan _readTimeout = Timeout.InfiniteTimeSpan;
    private TimeSpan _writeTimeout = Timeout.InfiniteTimeSpan;
    private bool _isDisposed;

    internal TcpLensStream(StackDriver driver, HostConnection connection)
    {
        (Driver, Connection) = (driver, connection);
        (_read, _write) = (new(this), new(this));
        connection.Tag = this;
        driver.Attach(this);
    }

    public Endpoint Local => Connection.Local;

    public Endpoint Remote => Connection.Remote;

    public TcpState State => Connection.State;

    /// <summary>NODELAY, keep-alive, user timeout and the like; may be changed at any time: <c>stream.Options = stream.Options with { NoDelay = true }</c>.</summary>
    public ConnectionOptions Options
    {
        get => Driver.Ask(_ => Connection.Options);
        set => Driver.Ask(_ => Connection.Options = value);
    }

    /// <summary>What Linux's TCP_INFO tells.</summary>
    public ConnectionStatus Status => Driver.Ask(_ => Connection.Status);

    public override bool CanRead => !_isDisposed;

    public override bool CanWrite => !_isDisposed;

    public override bool CanSeek => false;

    public override bool CanTimeout => true;

    /// <summary>Milliseconds that a read waits, sync or not; −1: for ever.</summary>
    public override int ReadTimeout
    {
        get => (int)_readTimeout.TotalMilliseconds;
        set => _readTimeout = Valid(value);
    }

    /// <summary>Milliseconds that a write waits until everything is taken; −1: for ever.</summary>
    public override int WriteTimeout
    {
        get => (int)_writeTimeout.TotalMilliseconds;
        set => _writeTimeout = Valid(value);
    }

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    internal StackDriver Driver { get; }

    internal HostConnection Connection { get; }

    /// <summary>Takes what is there, and waits while there is nothing. 0: the peer has closed its end. Nothing to read into: waits until there is something.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : _read.Start(buffer, _readTimeout, cancellationToken);

    /// <summary>Waits until all octets are taken; cancelled or late, some of them may have been.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken) : _write.Start(buffer, _writeTimeout, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Waits. Not for the driver's own thread, which it would wait for.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        ValueTask<int> reading = ReadAsync(buffer.AsMemory(offset, count));
        return reading.IsCompleted ? reading.GetAwaiter().GetResult() : reading.AsTask().GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Read(byte[], int, int)"/>
    public override void Write(byte[] buffer, int offset, int count)
    {
        ValueTask writing = WriteAsync(buffer.AsMemory(offset, count));
        if (writing.IsCompleted)
        {
            writing.GetAwaiter().GetResult();
        }
        else
        {
            writing.AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Sends no more: the peer's reads end when it has everything. What it still sends can be read.</summary>
    public void CloseSending() => Driver.Ask(now =>
    {
        Connection.CloseSending(now);
        return true;
    });

    /// <summary>Ends the connection with a RST: the peer sees ECONNRESET.</summary>
    public void Abort() => Driver.Ask(now =>
    {
        Connection.Abort(now);
        return true;
    });

    /// <summary>Nothing is kept back here.</summary>
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    void IConnectionProgram.Hear(HostConnection connection, ConnectionEvents happened, Instant now)
    {
        _read.Continue(now);
        _write.Continue(now);
    }

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    /// <summary>The driver ends: nobody would answer the peer any more.</summary>
    void IDriven.OnEnd(Instant now)
    {
        Connection.Abort(now);
        _read.Continue(now);
        _write.Continue(now);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            Driver.Ask(now =>
            {
                Close(now);
                return true;
            });
        }

        base.Dispose(disposing);
    }

    private void Close(Instant now)
    {
        _isDisposed = true;
        Connection.Close(now);
        _read.Continue(now);
        _write.Continue(now);
        Connection.Tag = null;
        Driver.Detach(this);
    }

    private static TimeSpan Valid(int milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, Timeout.Infinite);
        return TimeSpan.FromMilliseconds(milliseconds);
    }
}
