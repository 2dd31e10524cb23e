namespace TcpLens.Faults.Tests;

/// <summary>
/// Traffic that goes on while the doctor watches: the same round again and again on a thread of its own, until disposed. What a round
/// throws is thrown again there.
/// </summary>
public sealed class Meanwhile : IDisposable
{
    private readonly Task _rounds;
    private volatile bool _isOver;
    private int _finished;

    public Meanwhile(Action round)
    {
        ArgumentNullException.ThrowIfNull(round);
        _rounds = Task.Factory.StartNew(() => Go(round), TaskCreationOptions.LongRunning);
        Until.True(() => Rounds > 0 || _rounds.IsFaulted, "the first round must be done");
    }

    public int Rounds => Volatile.Read(ref _finished);

    public void Dispose()
    {
        _isOver = true;
        _rounds.Wait();
    }

    private void Go(Action round)
    {
        while (!_isOver)
        {
            round();
            Interlocked.Increment(ref _finished);
        }
    }
}
