using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Connections by how they ended.</summary>
internal sealed class OutcomeTally
{
    private const int Few = 5;

    private readonly Dictionary<ConnectionOutcome, Sum> _sums = [];

    public OutcomeTally Copy()
    {
        var copy = new OutcomeTally();
        foreach ((ConnectionOutcome outcome, Sum sum) in _sums)
        {
            copy._sums.Add(outcome, sum with { First = sum.First.Copy() });
        }

        return copy;
    }

    public void Add(ConnectionRecord record)
    {
        if (!_sums.TryGetValue(record.Outcome, out Sum? sum))
        {
            _sums.Add(record.Outcome, sum = new());
        }

        sum.Connections++;
        sum.Packets += record.FromOriginator.Packets + record.FromResponder.Packets;
        sum.Octets += record.FromOriginator.PayloadOctets + record.FromResponder.PayloadOctets;
        sum.First.Offer(NotedConnection.Of(record, record.FromOriginator.Packets + record.FromResponder.Packets), -record.Number, record.Number);
    }

    public Dictionary<ConnectionOutcome, OutcomeSum> All()
        => _sums.ToDictionary(
            static pair => pair.Key,
            static pair => new OutcomeSum(pair.Key, pair.Value.Connections, pair.Value.Packets, pair.Value.Octets, pair.Value.First.Sorted()));

    private sealed record Sum
    {
        public long Connections { get; set; }

        public long Packets { get; set; }

        public long Octets { get; set; }

        public Largest<NotedConnection> First { get; init; } = new(Few);
    }
}
