namespace TcpLens.Observation.Filters;

/// <summary>
/// Kleene's three values. What nobody knows is neither true nor false, so that neither <c>rtt &gt; 1s</c> nor its opposite
/// matches a socket whose round-trip time is unknown. The numbers make "and" a minimum, "or" a maximum, "not" 2 - x.
/// </summary>
public enum Truth : byte
{
    False = 0,
    Unknown = 1,
    True = 2,
}
