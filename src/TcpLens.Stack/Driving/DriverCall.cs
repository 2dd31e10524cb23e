using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Something that a program's thread wants done to the host: by itself when nobody else is at it, else by whoever is.</summary>
internal abstract class DriverCall
{
    /// <summary>Throws nothing: what goes wrong is the call's own result.</summary>
    public abstract void Run(Instant now);
}

/// <summary>A call whose answer a thread waits for.</summary>
internal sealed class DriverQuestion<T>(Func<Instant, T> question) : DriverCall
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits; whoever holds the gate answers before it lets go.</summary>
    public T Answer => _answer.Task.GetAwaiter().GetResult();

    public override void Run(Instant now)
    {
        try
        {
            _answer.SetResult(question(now));
        }
        catch (Exception failure)
        {
            _answer.SetException(failure);
        }
    }
}
