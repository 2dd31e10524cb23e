namespace TcpLens.Observation;

/// <summary>
/// The names a source has met, so that every sample of it shares them and costs one reference and one number a counter.
/// Not thread-safe.
/// </summary>
public sealed class CounterNames
{
    /// <summary>Ten times what Linux 7.2 has; names beyond it are right too, but made anew in each sample.</summary>
    public const int NamesMax = 4096;

    private readonly Dictionary<string, CounterName> _names = new(512);

    public CounterName Of(ReadOnlySpan<char> text)
    {
        if (_names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out CounterName? known))
        {
            return known;
        }

        CounterName made = new(text.ToString());
        if (_names.Count < NamesMax)
        {
            _names.Add(made.Text, made);
        }

        return made;
    }
}
