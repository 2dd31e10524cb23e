using TcpLens.Observation;

namespace TcpLens.Capture;

/// <summary>Connections by how they ended.</summary>
internal sealed class OutcomeTally
{
    private const int Few = 5;

    private readonly Dictionary<ConnectionOutcome, Sum> _sums = [];

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

    private sealed class Sum
    {
        public long Connections;
        public long Packets;
        public long Octets;
        public readonly Largest<NotedConnection> First = new(Few);
    }
}
