using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>
/// HyStart++ (RFC 9406): slow start ends when a round's round trips are longer than those of the round before. First it only slows down, and
/// goes on if the delay turns out to have been a passing one. Microseconds.
/// </summary>
internal struct HyStart
{
    public const int GrowthDivisor = 4;
    private const int Samples = 8;
    private const int ConservativeRounds = 5;
    private const int SmallestThreshold = 4_000;
    private const int LargestThreshold = 16_000;

    private SeqNum _roundEnd;
    private int _lastRound;
    private int _round;
    private int _baseline;
    private byte _samples;
    private byte _rounds;
    private bool _hasRound;

    /// <summary>Conservative slow start: a quarter of the growth.</summary>
    public readonly bool IsConservative => _baseline != 0;

    public void OnRtt(ref CongestionWindow window, int rtt, SeqNum unacknowledged, SeqNum next, TcpCounters counters)
    {
        if (!_hasRound || !unacknowledged.IsBefore(_roundEnd))
        {
            StartRound(ref window, next);
        }

        _round = _round == 0 ? rtt : Math.Min(_round, rtt);
        _samples = (byte)Math.Min(_samples + 1, byte.MaxValue);
        if (_samples < Samples || _lastRound == 0)
        {
            return;
        }

        if (IsConservative)
        {
            if (_round < _baseline)
            {
                (_baseline, _rounds) = (0, 0);
            }
        }
        else if (_round >= _lastRound + Math.Clamp(_lastRound / 8, SmallestThreshold, LargestThreshold))
        {
            (_baseline, _rounds) = (_round, 0);
            counters.Add(TcpCounter.TCPHystartDelayDetect);
            counters.Add(TcpCounter.TCPHystartDelayCwnd, window.Octets / window.SegmentSize);
        }
    }

    private void StartRound(ref CongestionWindow window, SeqNum next)
    {
        if (IsConservative && ++_rounds >= ConservativeRounds)
        {
            window.Threshold = window.Octets;
            _baseline = 0;
        }

        (_roundEnd, _hasRound, _lastRound, _round, _samples) = (next, true, _round, 0, 0);
    }
}
