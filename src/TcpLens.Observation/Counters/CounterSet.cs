namespace TcpLens.Observation;

/// <summary>
/// One sample of named kernel counters, in the kernel's order. Which names there are differs from kernel to kernel, so a name that
/// is not there is null, never 0.
/// </summary>
public sealed class CounterSet
{
    public static readonly CounterSet Empty = new([], [], []);

    private readonly CounterName[] _names;
    private readonly long[] _values;

    internal CounterSet(CounterName[] names, long[] values, string[] problems)
    {
        _names = names;
        _values = values;
        Problems = problems;
    }

    public ReadOnlySpan<CounterName> Names => _names;

    /// <summary>The numbers, one for each of <see cref="Names"/>. Tcp.MaxConn is -1 on Linux: no limit.</summary>
    public ReadOnlySpan<long> Values => _values;

    /// <summary>What was left out of the sample and why, a line each: a table that could not be read, a value that made no sense.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>Value by name, for example "TcpExt.ListenDrops"; null when this kernel does not have it.</summary>
    public long? this[string name] => IndexOf(name) is >= 0 and int index ? _values[index] : null;

    /// <summary>
    /// What happened between two samples of the same namespace. Without a positive time between them there are changes but no rates.
    /// </summary>
    public static CounterDifference Difference(CounterSet later, CounterSet earlier, TimeSpan elapsed)
    {
        CounterChange[] changes = new CounterChange[later._names.Length];
        for (int i = 0; i < changes.Length; i++)
        {
            CounterName name = later._names[i];
            int before = earlier.IndexOf(name, hint: i);
            long? increase = before < 0 ? null : Increase(name.Kind, later._values[i], earlier._values[before]);
            double? rate = elapsed > TimeSpan.Zero ? increase / elapsed.TotalSeconds : null;
            changes[i] = new CounterChange(name, later._values[i], increase, rate);
        }

        return new CounterDifference(changes, elapsed);
    }

    /// <summary>A counter that went backwards was reset, or is another namespace's: its increase is unknown.</summary>
    private static long? Increase(CounterKind kind, long later, long earlier)
        => kind == CounterKind.Counter && later < earlier ? null : unchecked(later - earlier);

    /// <summary>Two samples of one kernel have the same names in the same places, so the search almost always ends where it starts.</summary>
    private int IndexOf(CounterName name, int hint)
        => hint < _names.Length && _names[hint].Text == name.Text ? hint : IndexOf(name.Text);

    /// <summary>A scan: about 400 names, most of them told apart by their length.</summary>
    private int IndexOf(string name)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (_names[i].Text == name)
            {
                return i;
            }
        }

        return -1;
    }
}
