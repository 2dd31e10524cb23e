using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>Spreads what may be sent over the round trip; lets everything pass until a round trip is known.</summary>
internal sealed class Pacer
{
    /// <summary>What is sent at once: a millisecond's worth, and two segments at least, so that a fast path is not woken for each.</summary>
    private const int Quantum = 1_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private Instant _openAt;
    private long _rate;
    private int _segmentSize;
    private bool _isAwaited;

    /// <summary>When the gate opens, if somebody stands before it; Never otherwise.</summary>
    public Instant WakeAt => _isAwaited ? _openAt : Instant.Never;

    /// <summary>Twice the window in a round trip while it doubles, 1.2 times after (as Linux has it).</summary>
    public void SetRate(in CongestionWindow window, int smoothedRtt)
    {
        _segmentSize = window.SegmentSize;
        bool doubles = window.Octets < window.Threshold / 2;
        _rate = smoothedRtt == 0 ? 0 : Math.Max(window.Octets * (doubles ? 2_000_000L : 1_200_000L) / smoothedRtt, 1);
    }

    public int Limit(int octets, Instant now)
    {
        if (_rate == 0)
        {
            return octets;
        }

        if (now < _openAt)
        {
            _isAwaited = true;
            return 0;
        }

        long quantum = _rate * Quantum / 1_000_000;
        return (int)Math.Min(octets, Math.Max(2 * _segmentSize, quantum - (quantum % _segmentSize)));
    }

    public void OnSent(int octets, Instant now)
    {
        if (_rate != 0)
        {
            long from = Math.Max(now.Nanoseconds, _openAt.Nanoseconds);
            _openAt = new(from + (long)((double)octets * NanosecondsPerSecond / _rate));
        }
    }

    /// <summary>Nobody stands before the gate any more.</summary>
    public void Open() => _isAwaited = false;

    public void OnTimeout(Instant now)
    {
        if (now >= _openAt)
        {
            _isAwaited = false;
        }
    }
}
