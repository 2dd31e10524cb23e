using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// Operations that end when nothing came of them in time. One that was done in time stays in the queue until its hour, so that a busy stream does
/// not come and go with each operation; it is there once, or twice when a deadline was brought forward.
/// </summary>
internal sealed class DeadlineQueue
{
    private readonly PriorityQueue<StreamOperation, long> _queue = new();

    public Instant Next => _queue.TryPeek(out _, out long at) ? new(at) : Instant.Never;

    public void Watch(StreamOperation operation, Instant deadline)
    {
        if (deadline < operation.WatchedUntil)
        {
            operation.WatchedUntil = deadline;
            _queue.Enqueue(operation, deadline.Nanoseconds);
        }
    }

    public void Run(Instant now)
    {
        while (_queue.TryPeek(out StreamOperation? operation, out long at) && at <= now.Nanoseconds)
        {
            _queue.Dequeue();
            if (operation.WatchedUntil.Nanoseconds == at)
            {
                operation.WatchedUntil = Instant.Never;
                operation.OnDeadline(now);
            }
        }
    }
}
