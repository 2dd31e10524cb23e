using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Opens connections.</summary>
public static class TcpLensClient
{
    /// <summary>Connects, and waits for the peer's yes or no. Cancelled, the attempt is given up.</summary>
    /// <param name="driver">Of the host.</param>
    /// <param name="remote">Whom to.</param>
    /// <param name="options">Settings of this connection, and where from.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="TcpLensException">Refused, not reached, or not possible.</exception>
    public static async ValueTask<TcpLensStream> ConnectAsync(
        StackDriver driver, Endpoint remote, ConnectOptions options = default, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var attempt = new Attempt(driver, remote);
        driver.Ask((host, now) => attempt.Begin(host, options, now));
        using CancellationTokenRegistration cancelling = cancellationToken.UnsafeRegister(_ => attempt.Cancel(cancellationToken), null);
        return await attempt.Task.ConfigureAwait(false);
    }

    /// <summary>What hears how it goes, until there is a stream.</summary>
    private sealed class Attempt(StackDriver driver, Endpoint remote) : IConnectionProgram, IDriven
    {
        private readonly TaskCompletionSource<TcpLensStream> _done = new(
            driver.ContinuesInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

        private HostConnection? _connection;

        public Task<TcpLensStream> Task => _done.Task;

        public bool Begin(TcpHost host, in ConnectOptions options, Instant now)
        {
            HostError error = host.TryConnect(remote, options, now, out _connection);
            if (_connection is null)
            {
                throw new TcpLensException(error, $"connect to {remote}");
            }

            _connection.Tag = this;
            driver.Attach(this);
            return true;
        }

        public void Hear(HostConnection connection, ConnectionEvents happened, Instant now)
        {
            if (connection.Error != ConnectionError.None || connection.State == TcpState.Closed)
            {
                driver.Detach(this);
                _done.TrySetException(new TcpLensException(connection.Error, $"connect to {remote}"));
            }
            else if (connection.State is not (TcpState.SynSent or TcpState.SynReceived))
            {
                driver.Detach(this);
                _done.TrySetResult(new TcpLensStream(driver, connection));
            }
        }

        public void Cancel(CancellationToken cancellation) => driver.Ask(now =>
        {
            if (_done.TrySetCanceled(cancellation))
            {
                driver.Detach(this);
                _connection!.Tag = null;
                _connection.Abort(now);
            }

            return true;
        });

        public void OnEnd(Instant now)
        {
            _connection!.Abort(now);
            _done.TrySetException(new TcpLensException(ConnectionError.Aborted, $"connect to {remote}"));
        }
    }
}
