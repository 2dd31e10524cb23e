namespace TcpLens.Observation;

/// <summary>The counters once more, between the two samples: enough of these make a curve.</summary>
/// <param name="After">Time since the first sample.</param>
/// <param name="Counters">All of them, then.</param>
public sealed record CounterMoment(TimeSpan After, CounterSet Counters);
