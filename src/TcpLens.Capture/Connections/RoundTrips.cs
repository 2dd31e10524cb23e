using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>
/// Round-trip times from one end's segments to their acknowledgments, as they pass the place of the capture: from there to the other
/// end and back. Smoothed as RFC 6298 §2 does. Nanoseconds; 24 bits of each are kept.
/// </summary>
internal struct RoundTrips
{
    private const float Alpha = 1f / 8;
    private const float Beta = 1f / 4;

    public float Smoothed;
    public float Variation;
    public float Least;
    private uint _samples;
    private float _most;
    private float _mean;

    public readonly bool IsKnown => _samples > 0;

    public readonly RttSummary Summary => new(_samples, (long)Least, (long)_mean, (long)_most);

    public void Add(long nanoseconds)
    {
        float sample = nanoseconds;
        if (_samples++ == 0)
        {
            (Smoothed, Variation) = (sample, sample / 2);
            (Least, _most, _mean) = (sample, sample, sample);
            return;
        }

        Variation += Beta * (MathF.Abs(Smoothed - sample) - Variation);
        Smoothed += Alpha * (sample - Smoothed);
        Least = MathF.Min(Least, sample);
        _most = MathF.Max(_most, sample);
        _mean += (sample - _mean) / _samples;
    }
}
