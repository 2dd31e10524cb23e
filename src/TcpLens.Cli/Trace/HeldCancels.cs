using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Cli;

/// <summary>
/// TIME_WAITs whose timer was taken away. Mostly it begins anew at once, because a segment came; only when it does not has the TIME_WAIT ended.
/// So they are kept back for a moment: for a round without news of them, or 20 ms of the trace.
/// </summary>
internal sealed class HeldCancels
{
    private const int Capacity = 64;
    private const ulong Patience = 20_000_000;   // Nanoseconds. "At once" is microseconds: the same softirq does both.

    private readonly (TraceRecord Record, int Round)[] _held = new (TraceRecord, int)[Capacity];
    private int _first;
    private int _count;
    private int _round;

    public bool IsEmpty => _count == 0;

    /// <summary>True when one has to be taken before the next can be held.</summary>
    public bool IsFull => _count == Capacity;

    public void Hold(in TraceRecord cancelled) => _held[(_first + _count++) % Capacity] = (cancelled with { To = TcpState.Closed }, _round);

    /// <summary>The timer goes on.</summary>
    public void Forget(ulong socket)
    {
        for (int i = _count - 1; i >= 0; i--)
        {
            ref TraceRecord record = ref _held[(_first + i) % Capacity].Record;
            if (record.Socket == socket)
            {
                record.Kind = TraceKind.None;
                return;
            }
        }
    }

    public void EndRound() => _round++;

    /// <summary>True when the oldest has been held long enough, at that time of the trace or by rounds.</summary>
    public bool IsRipe(ulong atNanoseconds)
        => _count > 0 && (_held[_first].Round < _round - 1 || atNanoseconds >= _held[_first].Record.AtNanoseconds + Patience);

    /// <summary>Takes the oldest out; its kind is None when it was forgotten.</summary>
    public TraceRecord TakeOldest()
    {
        TraceRecord oldest = _held[_first].Record;
        _first = (_first + 1) % Capacity;
        _count--;
        return oldest;
    }
}
