using TcpLens.Observation;
using TcpLens.Protocol;

namespace TcpLens.Capture;

/// <summary>The states in which the ends of all connections were last known to be, by certainty.</summary>
public sealed class StateTally
{
    private const int States = 12;      // TcpState's numbers go to 11; 0 is for ends of which nothing is known.

    private readonly long[,,] _counts;

    public StateTally()
        : this(new long[2, States, 3])
    {
    }

    private StateTally(long[,,] counts) => _counts = counts;

    internal StateTally Copy() => new((long[,,])_counts.Clone());

    internal void Add(ConnectionRecord record)
    {
        Add(ConnectionEnd.Originator, record.FinalState(ConnectionEnd.Originator));
        Add(ConnectionEnd.Responder, record.FinalState(ConnectionEnd.Responder));
    }

    /// <summary>Connections whose end was last known to be in the state, with that certainty.</summary>
    public long Of(ConnectionEnd end, TcpState state, Certainty certainty) => _counts[(int)end, (int)state, (int)certainty];

    public long Of(ConnectionEnd end, TcpState state) => Of(end, state, Certainty.Inferred) + Of(end, state, Certainty.Seen);

    /// <summary>Connections of whose end nothing is known.</summary>
    public long Unknown(ConnectionEnd end) => _counts[(int)end, 0, (int)Certainty.Unknown];

    private void Add(ConnectionEnd end, EndState state)
        => _counts[(int)end, state.Certainty == Certainty.Unknown ? 0 : (int)state.State % States, (int)state.Certainty]++;
}
