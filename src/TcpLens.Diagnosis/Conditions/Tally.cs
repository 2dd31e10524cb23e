using System.Runtime.InteropServices;
using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>Sums by key, to name the largest of them as culprits. Memory is bounded: new keys beyond the limit count in the total only.</summary>
internal sealed class Tally<TKey>(IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    /// <summary>A large culprit shows up early in any walk.</summary>
    public const int KeysMax = 16384;

    private readonly Dictionary<TKey, long> _sums = new(comparer);

    public long Total { get; private set; }

    /// <summary>Different keys met, at most <see cref="KeysMax"/>.</summary>
    public int Distinct => _sums.Count;

    public long Of(TKey key) => _sums.GetValueOrDefault(key);

    public void Add(TKey key, long amount = 1)
    {
        Total += amount;
        if (_sums.Count < KeysMax || _sums.ContainsKey(key))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_sums, key, out _) += amount;
        }
    }

    /// <summary>The largest first.</summary>
    public IEnumerable<KeyValuePair<TKey, long>> Largest(int count = Culprit.Few) => _sums.OrderByDescending(static pair => pair.Value).Take(count);

    /// <summary>The largest as culprits with their share: "212 of 240".</summary>
    public IEnumerable<Culprit> Culprits(CulpritKind kind, Func<TKey, string> nameOf)
        => Largest().Select(each => new Culprit(kind, nameOf(each.Key), $"{each.Value:N0} of {Total:N0}"));
}

/// <summary>One process is one key, however often its facts were read.</summary>
internal sealed class ByPid : IEqualityComparer<ProcessRef>
{
    public static readonly ByPid Comparer = new();

    public bool Equals(ProcessRef? x, ProcessRef? y) => x?.Pid == y?.Pid;

    public int GetHashCode(ProcessRef obj) => obj.Pid;
}
