namespace TcpLens.Cli;

/// <summary>What a point of a time-sequence plot stands for; of several in one place the last one here is shown.</summary>
internal enum SampleKind : byte
{
    WindowEdge,
    Data,
    OutOfOrder,
    Again,
    ZeroWindow,
}

/// <summary>One thing in a time-sequence plot.</summary>
/// <param name="TimeNanoseconds">When.</param>
/// <param name="From">First octet of the stream.</param>
/// <param name="To">The one behind the last.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct PlotSample(long TimeNanoseconds, long From, long To, SampleKind Kind);

/// <summary>
/// Samples for a plot, in bounded room: when it is full, neighbours of one kind are joined, two by two.
/// </summary>
internal sealed class PlotSamples
{
    private const int Capacity = 16_384;

    private readonly List<PlotSample> _samples = [];

    public IReadOnlyList<PlotSample> All => _samples;

    public void Add(PlotSample sample)
    {
        if (_samples.Count >= Capacity)
        {
            Thin();
        }

        _samples.Add(sample);
    }

    private void Thin()
    {
        int kept = 0;
        var open = new int?[Enum.GetValues<SampleKind>().Length];
        for (int at = 0; at < _samples.Count; at++)
        {
            PlotSample sample = _samples[at];
            if (open[(int)sample.Kind] is { } partner)
            {
                PlotSample first = _samples[partner];
                _samples[partner] = first with { From = Math.Min(first.From, sample.From), To = Math.Max(first.To, sample.To) };
                open[(int)sample.Kind] = null;
            }
            else
            {
                open[(int)sample.Kind] = kept;
                _samples[kept++] = sample;
            }
        }

        _samples.RemoveRange(kept, _samples.Count - kept);
    }
}
