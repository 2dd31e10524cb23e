using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>So many a second, and as many at once after a silence.</summary>
/// <param name="perSecond">0: none at all.</param>
internal struct TokenBucket(int perSecond)
{
    private const long Second = 1_000_000_000;

    // Counted in nanoseconds of rate, so that nothing is rounded: one token is worth Second.
    private Int128 _credit = (Int128)perSecond * Second;
    private Instant? _last;

    public bool TryTake(Instant now)
    {
        long elapsed = _last is { } last ? Math.Max(0, now.Nanoseconds - last.Nanoseconds) : 0;
        _last = now;
        _credit = Int128.Min((Int128)perSecond * Second, _credit + ((Int128)elapsed * perSecond));
        if (_credit < Second)
        {
            return false;
        }

        _credit -= Second;
        return true;
    }
}
