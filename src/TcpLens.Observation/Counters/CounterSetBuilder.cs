namespace TcpLens.Observation;

/// <summary>Gathers the tables of one sample; see <see cref="CounterText"/> for the formats.</summary>
/// <param name="knownNames">Names of earlier samples of the same source.</param>
public sealed class CounterSetBuilder(CounterNames knownNames)
{
    /// <summary>Beyond it the text is not what it claims to be.</summary>
    public const int CountersMax = CounterNames.NamesMax;

    private const int ProblemsMax = 16;

    private readonly List<CounterName> _names = new(512);
    private readonly List<long> _values = new(512);
    private readonly List<string> _problems = [];

    public void Add(ReadOnlySpan<char> name, long value)
    {
        if (_names.Count == CountersMax)
        {
            Report($"more than {CountersMax} counters: the rest was left out");
            return;
        }

        _names.Add(knownNames.Of(name));
        _values.Add(value);
    }

    /// <summary>Notes what was left out; a flood of complaints is cut after sixteen.</summary>
    public void Report(string problem)
    {
        if (_problems.Count < ProblemsMax && !_problems.Contains(problem))
        {
            _problems.Add(problem);
        }
    }

    public CounterSet Build() => new([.. _names], [.. _values], [.. _problems]);
}
