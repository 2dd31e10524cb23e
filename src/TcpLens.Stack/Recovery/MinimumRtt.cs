using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// The smallest round trip of the last five to ten minutes, in microseconds: of this period and the one before (RFC 8985 §5.2 asks for a
/// windowed minimum, since paths change).
/// </summary>
internal struct MinimumRtt
{
    private const int Period = 300_000_000;

    private int _before;
    private int _current;
    private Instant _since;

    /// <summary>0 before the first measurement.</summary>
    public readonly int Value => _before == 0 ? _current : Math.Min(_before, _current);

    public void Take(int rtt, Instant now)
    {
        if (_current == 0)
        {
            (_current, _since) = (rtt, now);
        }
        else if (now.MicrosecondsSince(_since) >= Period)
        {
            (_before, _current, _since) = (_current, rtt, now);
        }
        else if (rtt < _current)
        {
            _current = rtt;
        }
    }
}
