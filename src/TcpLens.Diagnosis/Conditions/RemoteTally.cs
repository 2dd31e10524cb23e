using System.Runtime.InteropServices;
using TcpLens.Observation;

namespace TcpLens.Diagnosis;

/// <summary>Counts sockets by the address of their peer, to name those with most.</summary>
internal sealed class RemoteTally
{
    private const int NamedMax = 5;

    private readonly Dictionary<HostAddress, long> _counts = [];

    public int Addresses => _counts.Count;

    public long Total { get; private set; }

    public void Add(HostAddress remote, long count = 1)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, remote, out _) += count;
        Total += count;
    }

    /// <summary>The largest as culprits: "10.0.0.7", "12 of 40".</summary>
    public IEnumerable<Culprit> Largest()
        => _counts.OrderByDescending(static pair => pair.Value).Take(NamedMax)
            .Select(pair => new Culprit(CulpritKind.Remote, pair.Key.ToString(), $"{pair.Value:N0} of {Total:N0}"));
}
