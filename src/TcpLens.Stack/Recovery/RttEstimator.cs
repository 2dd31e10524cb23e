using TcpLens.Protocol;

namespace TcpLens.Stack;

/// <summary>The round trip and the retransmission timeout that follows from it (RFC 6298). Times are microseconds.</summary>
internal struct RttEstimator
{
    /// <summary>RFC 6298 §5.7: after a SYN that timed out, until a round trip has been measured.</summary>
    private const int RtoAfterLostSyn = 3_000_000;

    private readonly int _minimumRto;
    private readonly int _maximumRto;
    private float _smoothed;
    private float _variation;
    private MinimumRtt _minimum;

    public RttEstimator(TcpSettings settings)
    {
        _minimumRto = Microseconds(settings.MinimumRto);
        _maximumRto = Microseconds(settings.MaximumRto);
        Rto = Math.Min(Microseconds(settings.InitialRto), _maximumRto);
    }

    /// <summary>SRTT; 0 before the first measurement.</summary>
    public readonly int Smoothed => (int)MathF.Ceiling(_smoothed);

    public readonly int Variation => (int)_variation;

    /// <summary>Backoff included.</summary>
    public int Rto { get; private set; }

    /// <summary>How often the timeout was doubled since the last measurement.</summary>
    public byte Backoff { get; private set; }

    /// <summary>The smallest of the last minutes; 0 before the first measurement.</summary>
    public readonly int Minimum => _minimum.Value;

    /// <summary>
    /// RFC 6298 §2.2 and §2.3. Several samples in one round trip weigh together as much as one (RFC 7323 appendix G), or the memory of
    /// SRTT would be shorter than the round trip.
    /// </summary>
    /// <param name="rtt">Of octets that were sent once, or of a timestamp (Karn).</param>
    /// <param name="samples">How many of these are expected in a round trip.</param>
    public void OnSample(int rtt, int samples)
    {
        rtt = Math.Max(rtt, 1);
        if (_smoothed == 0)
        {
            (_smoothed, _variation) = (rtt, rtt / 2f);
        }
        else
        {
            samples = Math.Max(samples, 1);
            _variation += (Math.Abs(_smoothed - rtt) - _variation) / (4 * samples);
            _smoothed += (rtt - _smoothed) / (8 * samples);
        }

        Rto = Computed();
        Backoff = 0;
    }

    public void OnMinimumSample(int rtt, Instant now) => _minimum.Take(Math.Max(rtt, 1), now);

    /// <summary>RFC 6298 §5.5.</summary>
    public void BackOff()
    {
        Rto = (int)Math.Min(2L * Rto, _maximumRto);
        Backoff = (byte)Math.Min(Backoff + 1, byte.MaxValue);
    }

    /// <summary>A SYN had to be sent again: what it measured is no ground for a short timeout (RFC 6298 §5.7).</summary>
    public void OnSynLost()
    {
        Backoff = 0;
        if (_smoothed == 0)
        {
            Rto = Math.Min(RtoAfterLostSyn, _maximumRto);
        }
    }

    /// <summary>The timeout as if no retransmission had been: the last was not needed (RFC 4015's idea).</summary>
    public void TakeBackOffBack()
    {
        if (_smoothed != 0)
        {
            Rto = Computed();
            Backoff = 0;
        }
    }

    private static int Microseconds(TimeSpan span) => (int)Math.Min(span.Ticks / TimeSpan.TicksPerMicrosecond, int.MaxValue / 2);

    /// <summary>
    /// RFC 6298 §2.2. The least timeout is a floor under the variation, not under the sum: a long path needs its margin too (as Linux has it).
    /// </summary>
    private readonly int Computed() => (int)Math.Min(_smoothed + Math.Max(4 * _variation, _minimumRto), _maximumRto);
}
